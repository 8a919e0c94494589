import type { WaitSignal } from '../sessions/wait-signal.js';

/** Whether somebody still waits for a request. It waits in one place at a time. */
export class RequestAbort implements WaitSignal {
  readonly reason = 'nobody waits for the answer any more';
  aborted = false;
  private listener: (() => void) | undefined;

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listener = listener;
  }

  removeEventListener(): void {
    this.listener = undefined;
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.listener?.();
    this.listener = undefined;
  }
}
