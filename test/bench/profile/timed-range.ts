import type { Agent } from 'node:https';
import { request } from 'node:https';

/** When things happened to a request, as the player sees it: milliseconds of the monotonic clock of the machine. */
export interface TimedRange {
  readonly requestId: string;
  readonly askedAt: number;
  readonly connectedAt: number;
  readonly firstByteAt: number;
  readonly lastByteAt: number;
}

export interface RangeOrder {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
  readonly requestId: string;
  /** Leaves after so many bytes, as players do; takes all of the body when absent. */
  readonly leaveAfter?: number;
}

const timeoutMs = 30_000;

/** Milliseconds of the clock that steps are told in, too. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** One request of a player. @throws Error unless the answer is 206 */
export function timedRange({ url, headers, agent, requestId, leaveAfter }: RangeOrder): Promise<TimedRange> {
  const askedAt = monotonicMs();
  return new Promise((resolve, reject) => {
    let [connectedAt, firstByteAt, received] = [askedAt, 0, 0];
    const options = { agent, timeout: timeoutMs, headers: { ...headers, 'x-request-id': requestId } };
    const asking = request(url, options, answer => {
      if (answer.statusCode !== 206) return reject(new Error(`${url} answered ${answer.statusCode ?? 0}`));
      const done = (): void => resolve({ requestId, askedAt, connectedAt, firstByteAt, lastByteAt: monotonicMs() });
      answer.on('data', (chunk: Buffer) => {
        if (received === 0) firstByteAt = monotonicMs();
        received += chunk.length;
        if (leaveAfter === undefined || received < leaveAfter) return;
        done();
        asking.destroy();
      });
      answer.on('end', done).on('error', reject);
    });
    asking.on('socket', socket => {
      if (socket.connecting) socket.once('secureConnect', () => (connectedAt = monotonicMs()));
    });
    asking.on('timeout', () => asking.destroy(new Error(`${url} timed out`)));
    asking.on('error', reject).end();
  });
}
