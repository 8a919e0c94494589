import { bodyMisbehaviours } from './bodies.js';
import { headMisbehaviours } from './heads.js';
import type { Misbehaviour } from './misbehaviour.js';
import { rangeMisbehaviours } from './ranges.js';
import { stateMisbehaviours } from './states.js';
import { waitingMisbehaviours } from './waits.js';

export { challengeMisbehaviours, credentials } from './challenges.js';
export type { Misbehaviour, Outcome, StoredBytes } from './misbehaviour.js';

/** Every way in which a storage without credentials misbehaves. */
export const misbehaviours: readonly Misbehaviour[] = [
  ...rangeMisbehaviours,
  ...bodyMisbehaviours,
  ...waitingMisbehaviours,
  ...stateMisbehaviours,
  ...headMisbehaviours,
];
