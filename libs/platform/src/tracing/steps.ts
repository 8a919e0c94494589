import { channel } from 'node:diagnostics_channel';

/** The channel of `node:diagnostics_channel` on which a profile hears of steps: `npm run bench -- profile`. */
export const stepChannel = 'rcs:step';

/** One step of the work on a request. Both times are of the monotonic clock, which all processes of a machine share. */
export interface Step {
  readonly requestId: string;
  readonly name: string;
  /** Nanoseconds. */
  readonly begunAt: bigint;
  readonly endedAt: bigint;
}

const heard = channel(stepChannel);
const nobodyListens = (): void => undefined;

/** Begins a step; while nobody listens it costs a comparison. @returns ends it. */
export function beginStep(requestId: string, name: string): () => void {
  if (!heard.hasSubscribers) return nobodyListens;
  const begunAt = process.hrtime.bigint();
  return () => heard.publish({ requestId, name, begunAt, endedAt: process.hrtime.bigint() } satisfies Step);
}

/** Does the work of a step, which ends with it, however it ends. */
export async function inStep<T>(requestId: string, name: string, work: () => Promise<T>): Promise<T> {
  const ended = beginStep(requestId, name);
  try {
    return await work();
  } finally {
    ended();
  }
}
