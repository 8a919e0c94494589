import { gatheredBody } from './gathered-body.js';
import type { WorkerAnswer } from './worker-answer.js';

/** Workers that break off one after the other without a byte from any of them. */
const maximumFailures = 4;

/**
 * The bytes of a body, from the worker that began it, and where that breaks off from whoever is asked next, from the very
 * byte.
 * @param begun answers from `start` on. @param ask for the rest of the very same body from an offset
 * @throws what the body fails with at last, or what `ask` throws
 */
export async function* resumedBody(
  begun: WorkerAnswer,
  start: number,
  ask: (offset: number) => Promise<WorkerAnswer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let answer = begun;
  let offset = start;
  for (let failures = 0; ;) {
    try {
      for await (const chunk of gatheredBody(answer.body)) {
        offset += chunk.length;
        failures = 0;
        yield chunk;
      }
      return;
    } catch (error) {
      if (signal.aborted || ++failures === maximumFailures) throw error;
      answer = await ask(offset);
    }
  }
}
