import { recorderAdministersNobody } from '#accounts';
import { RcsError } from '#platform';
import type { User } from '#store';

/**
 * The recorder comes to no route that does not say so, and opens no sessions of people: its password lies on every
 * machine that records.
 * @throws RcsError RCS_INSUFFICIENT_ROLE for the recorder
 */
export function refuseRecorder(user: User | undefined): void {
  if (user?.roles.includes('recorder') !== true) return;
  throw new RcsError('RCS_INSUFFICIENT_ROLE', `${JSON.stringify(user.name)} is the recorder: it inserts recordings`, {
    publicDetail: recorderAdministersNobody,
  });
}
