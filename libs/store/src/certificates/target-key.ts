import type { AssignmentTarget } from './recording-certificate.js';

/** The text a target is found by. */
export function targetKey(target: AssignmentTarget): string {
  return JSON.stringify(target.kind === 'ivr-profile' ? [target.kind, target.name] : [target.kind]);
}
