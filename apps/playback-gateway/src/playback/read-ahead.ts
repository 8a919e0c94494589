import { giveUpBody } from '../workers/give-up-body.js';
import { bodyLengthOf, type WorkerAnswer } from '../workers/worker-answer.js';

/**
 * The next part of a body, asked for before it is wanted. It is never needed: whatever goes wrong with it, the part is
 * asked for again when its turn comes, and a worker that fails then is seen to fail.
 */
export class ReadAhead {
  private next: Promise<WorkerAnswer | undefined> | undefined;

  /** @param ask has no effect while an answer waits to be taken. */
  start(ask: () => Promise<WorkerAnswer>): void {
    this.next ??= ask().then(
      answer => {
        // An answer that breaks off while nobody reads it is found broken when it is taken.
        answer.body.on('error', () => undefined);
        return answer;
      },
      () => undefined,
    );
  }

  /** The answer, which is the caller's from now on; undefined when there is none that is good. */
  async take(): Promise<WorkerAnswer | undefined> {
    const answer = await this.next;
    this.next = undefined;
    return answer?.body.destroyed === true ? undefined : answer;
  }

  /** What comes in, or has come, is given up. */
  drop(): void {
    void this.next?.then(answer => {
      if (answer !== undefined) giveUpBody(answer.body, bodyLengthOf(answer));
    });
    this.next = undefined;
  }
}
