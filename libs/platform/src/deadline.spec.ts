import { getEventListeners, once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toRcsError } from './errors/rcs-error.js';
import { abortable, deadlineSignal, reserveReplyTime, throwIfAborted, withDeadline } from './deadline.js';

describe(deadlineSignal.name, () => {
  it('aborts when the time is over, with a reason that becomes RCS_TIMEOUT', async () => {
    const signal = deadlineSignal(1);
    await once(signal, 'abort');
    expect(toRcsError(signal.reason).code).toBe('RCS_TIMEOUT');
  });

  it('aborts at once with its parent, for the same reason', () => {
    const parent = new AbortController();
    const signal = deadlineSignal(60_000, parent.signal);
    expect(signal.aborted).toBe(false);
    const reason = new Error('the caller left');
    parent.abort(reason);
    expect(signal.reason).toBe(reason);
  });

  it('leaves the parent alone when the time is over', async () => {
    const parent = new AbortController();
    await once(deadlineSignal(1, parent.signal), 'abort');
    expect(parent.signal.aborted).toBe(false);
  });
});

describe(abortable.name, () => {
  const never = new Promise<never>(() => undefined);

  it('gives what the work gives, and leaves nothing on the signal', async () => {
    const { signal } = new AbortController();
    expect(await abortable(Promise.resolve(7), signal)).toBe(7);
    await expect(abortable(Promise.reject(new Error('work')), signal)).rejects.toThrow('work');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('waits no longer than the signal lets it, also where that has aborted before', async () => {
    const left = new AbortController();
    const waiting = expect(abortable(never, left.signal)).rejects.toThrow('left');
    left.abort(new Error('left'));
    await waiting;
    await expect(abortable(never, left.signal, () => new Error('as said'))).rejects.toThrow('as said');
    await expect(abortable(never, AbortSignal.abort('a word'))).rejects.toThrow('given up');
    expect(getEventListeners(left.signal, 'abort')).toEqual([]);
  });
});

describe(reserveReplyTime.name, () => {
  it.each([
    [1000, 20, 980],
    [21, 20, 1],
    [20, 20, 1],
    [-5, 20, 1],
  ])('of %i ms less %i leaves %i, never nothing', (remaining, shave, left) => {
    expect(reserveReplyTime(remaining, shave)).toBe(left);
  });
});

describe(withDeadline.name, () => {
  const never = new Promise<never>(() => undefined);

  it('gives what the work gives', async () => {
    expect(await withDeadline(Promise.resolve(7), 60_000, 'counting')).toBe(7);
  });

  it('rejects with what the work rejects with', async () => {
    const failure = new Error('broken');
    await expect(withDeadline(Promise.reject(failure), 60_000, 'counting')).rejects.toBe(failure);
  });

  it('says what took too long', async () => {
    await expect(withDeadline(never, 1, 'counting')).rejects.toMatchObject({
      code: 'RCS_TIMEOUT',
      message: 'counting took longer than 1 ms',
    });
    await expect(withDeadline(never, 1, 'counting', 'RCS_STORAGE_TIMEOUT')).rejects.toMatchObject({
      code: 'RCS_STORAGE_TIMEOUT',
    });
  });

  it('leaves no rejection unhandled when the work fails after the deadline', async () => {
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_, reject) => {
      fail = reject;
    });
    await expect(withDeadline(work, 1, 'counting')).rejects.toMatchObject({ code: 'RCS_TIMEOUT' });
    fail(new Error('too late'));
    await nextTurn();
  });
});

describe(throwIfAborted.name, () => {
  it('passes while the signal is quiet', () => {
    expect(() => throwIfAborted(new AbortController().signal, 'reading')).not.toThrow();
  });

  it('throws with the reason as the cause', () => {
    const reason = new Error('the player left');
    expect(() => throwIfAborted(AbortSignal.abort(reason), 'reading')).toThrow(
      expect.objectContaining({ code: 'RCS_TIMEOUT', message: 'reading was given up', cause: reason }) as Error,
    );
  });
});
