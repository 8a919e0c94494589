import type { SessionUse } from './session-pool.js';

/** How an operation has its session. */
export interface SessionTurn {
  readonly use: SessionUse;
  /** How long it took, where somebody knows that better than by when it had the session. */
  seconds?: number;
}
