import { NativeCalls } from './native-calls.js';

describe(NativeCalls.name, () => {
  const returned = (): void => undefined;
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('reports a call that does not return, and wipes what it brings too late', async () => {
    const calls = new NativeCalls();
    const { promise, resolve } = deferred();
    const output = Buffer.alloc(4);
    const call = calls.run(
      'C_Decrypt',
      1000,
      { buffers: [output], returned },
      done => void promise.then(() => done(null, undefined)),
    );
    const outcome = expect(call).rejects.toMatchObject({ failure: 'unavailable', message: /hangs/ });
    await jest.advanceTimersByTimeAsync(999);
    expect(calls.hung).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await outcome;
    expect(calls.hung).toBe(true);
    output.fill(7);
    const quiet = calls.quiet(1000);
    resolve();
    expect(await quiet).toBe(true);
    expect(calls.hung).toBe(false);
    expect(output).toEqual(Buffer.alloc(4));
  });

  it('gives a call that waits for others its time from when it begins', async () => {
    const calls = new NativeCalls();
    let began = Infinity;
    const elapsed = (): number => Math.max(0, performance.now() - began);
    const call = calls.run('C_Decrypt', 1000, { buffers: [], returned }, () => elapsed);
    const outcome = expect(call).rejects.toMatchObject({ message: /hangs/ });
    await jest.advanceTimersByTimeAsync(2500);
    expect(calls.hung).toBe(false);
    began = performance.now();
    await jest.advanceTimersByTimeAsync(999);
    expect(calls.hung).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await outcome;
  });

  it('is quiet only when the last call has returned', async () => {
    const calls = new NativeCalls();
    const [first, second] = [deferred(), deferred()];
    const running = [first, second].map(({ promise }) =>
      calls.run('C_Sign', 1000, { buffers: [], returned }, done => void promise.then(() => done(null, undefined))),
    );
    let isQuiet = false;
    const quiet = calls.quiet(1000).then(() => (isQuiet = true));
    first.resolve();
    await running[0];
    expect(isQuiet).toBe(false);
    second.resolve();
    await quiet;
    expect(await calls.quiet(1000)).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits no longer for a call than it is told, whatever time the call has', async () => {
    const calls = new NativeCalls();
    const { promise, resolve } = deferred();
    const call = calls.run(
      'C_GenerateKeyPair',
      120_000,
      { buffers: [], returned },
      done => void promise.then(() => done(null, undefined)),
    );
    const quiet = calls.quiet(1000);
    await jest.advanceTimersByTimeAsync(1000);
    expect([await quiet, calls.hung, jest.getTimerCount()]).toEqual([false, false, 1]);
    resolve();
    await call;
    expect(await calls.quiet(1000)).toBe(true);
  });

  it('passes failures on and leaves no timer behind', async () => {
    const calls = new NativeCalls();
    await expect(
      calls.run(
        'C_Sign',
        1000,
        { buffers: [], returned },
        done => void Promise.resolve().then(() => done(new Error('CKR_X'), undefined)),
      ),
    ).rejects.toThrow('CKR_X');
    const refused = calls.run('C_Sign', 1000, { buffers: [], returned }, () => {
      throw new TypeError('a wrong argument');
    });
    await expect(refused).rejects.toThrow('a wrong argument');
    expect(jest.getTimerCount()).toBe(0);
    expect(await calls.quiet(1000)).toBe(true);
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>(settle => (resolve = settle));
  return { promise, resolve };
}
