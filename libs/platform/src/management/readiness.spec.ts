import { Readiness } from './readiness.js';

describe(Readiness.name, () => {
  it('is ready when nothing has to be checked', async () => {
    expect(await new Readiness().report()).toEqual({ ready: true, checks: {} });
  });

  it('is ready when every part is', async () => {
    const readiness = new Readiness();
    readiness.add('token', () => undefined);
    readiness.add('redis', () => Promise.resolve());
    expect(await readiness.report()).toEqual({ ready: true, checks: { token: 'ok', redis: 'ok' } });
  });

  it('names the part that is not, whether it throws or rejects', async () => {
    const readiness = new Readiness();
    readiness.add('token', () => {
      throw new Error('no slot');
    });
    readiness.add('redis', () => Promise.reject(new Error('connection lost')));
    readiness.add('store', () => undefined);
    expect(await readiness.report()).toEqual({
      ready: false,
      checks: { token: 'no slot', redis: 'connection lost', store: 'ok' },
    });
  });

  it('is degraded, not out of use, without what it only needs to start', async () => {
    const readiness = new Readiness();
    let away = true;
    readiness.addForStart('redis', () => {
      if (away) throw new Error('connection lost');
    });
    let broken = false;
    readiness.add('store', () => {
      if (broken) throw new Error('disk full');
    });
    expect(await readiness.report()).toEqual({ ready: false, checks: { redis: 'connection lost', store: 'ok' } });
    away = false;
    expect(await readiness.report()).toEqual({ ready: true, checks: { redis: 'ok', store: 'ok' } });
    away = true;
    expect(await readiness.report()).toEqual({
      ready: true,
      checks: { redis: 'degraded: connection lost', store: 'ok' },
    });
    broken = true;
    expect((await readiness.report()).ready).toBe(false);
    broken = false;
    readiness.drain();
    expect((await readiness.report()).ready).toBe(false);
  });

  it('has started when everything was well at the same time', async () => {
    const readiness = new Readiness();
    let workers = false;
    readiness.addForStart('redis', () => undefined);
    readiness.add('workers', () => {
      if (!workers) throw new Error('no worker is known');
    });
    expect((await readiness.report()).ready).toBe(false);
    readiness.addForStart('redis', () => Promise.reject(new Error('connection lost')));
    workers = true;
    expect(await readiness.report()).toEqual({ ready: false, checks: { redis: 'connection lost', workers: 'ok' } });
  });

  it('is not ready for an error whose message is "ok"', async () => {
    const readiness = new Readiness();
    readiness.add('odd', () => Promise.reject(new Error('ok')));
    expect((await readiness.report()).ready).toBe(false);
  });

  it('asks again each time', async () => {
    const readiness = new Readiness();
    let there = false;
    readiness.add('token', () => {
      if (!there) throw new Error('away');
    });
    expect((await readiness.report()).ready).toBe(false);
    there = true;
    expect((await readiness.report()).ready).toBe(true);
  });

  it('does not wait forever for a check that hangs', async () => {
    jest.useFakeTimers();
    try {
      const readiness = new Readiness();
      readiness.add('redis', () => new Promise<never>(() => undefined));
      const report = readiness.report();
      await jest.advanceTimersByTimeAsync(2000);
      expect(await report).toEqual({
        ready: false,
        checks: { redis: expect.stringContaining('RCS_TIMEOUT') as string },
      });
    } finally {
      jest.useRealTimers();
    }
  });

  it('is not ready any more once it drains', async () => {
    const readiness = new Readiness();
    readiness.add('token', () => undefined);
    readiness.drain();
    expect(await readiness.report()).toEqual({ ready: false, checks: { token: 'ok', lifecycle: 'draining' } });
  });
});
