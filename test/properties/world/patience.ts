import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './answer.js';

/** A machine that is busy with other tests for so long is no machine for tests. */
const patienceMs = 120_000;
const leastWaitMs = 500;
const mostWaitMs = 10_000;

/** Nothing is lost by it: a machine that is busy with other tests takes longer than a caller waits. */
export const isBusy = ({ status }: Pick<Answer, 'status'>): boolean => status === 503 || status === 504;

/** Is told of the answer that is none, and how long it is waited. */
export type WhenAgain = (answer: Answer, waitMs: number) => void;

/** Asks again what a busy server did not answer, as every client shall, and gives up in the end. */
export async function askUntilAnswered(
  ask: () => Promise<Answer>,
  again: WhenAgain = () => undefined,
): Promise<Answer> {
  const end = performance.now() + patienceMs;
  let answer = await ask();
  while (isBusy(answer) && performance.now() < end) {
    const wished = Number(answer.headers['retry-after'] ?? 0) * 1000;
    const waitMs = Math.min(mostWaitMs, Math.max(leastWaitMs, wished));
    again(answer, waitMs);
    await sleep(waitMs);
    answer = await ask();
  }
  return answer;
}
