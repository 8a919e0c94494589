import { clockToleranceSeconds, maximumAuthenticationAgeSeconds } from '#grants';
import { millisecondsSince, RcsError } from '#platform';
import type { Administrator } from './certificate-administrator.js';

/**
 * Who comes, changes or ends keys must have proved a moment ago who they are: a session left open on a desk is not
 * enough. The vaults judge the same again.
 * @throws RcsError RCS_FRESH_LOGIN_REQUIRED
 */
export function requireFreshLogin({ name, authenticatedAt }: Administrator): void {
  const seconds = millisecondsSince(authenticatedAt) / 1000;
  // A time that is to come, because the clock was set back, would count until it comes.
  if (seconds >= -clockToleranceSeconds && seconds <= maximumAuthenticationAgeSeconds) return;
  throw new RcsError('RCS_FRESH_LOGIN_REQUIRED', `${name} authenticated ${Math.floor(seconds)} s ago`, {
    publicDetail: `keys are administered within ${maximumAuthenticationAgeSeconds / 60} minutes after a login: log in again, then repeat this`,
  });
}
