import { RcsError } from '#platform';

/** One error for whatever was wrong with credentials; only the log says for whom. */
export function wrongCredentials(userName: string, reason = 'wrong credentials'): RcsError {
  return new RcsError('RCS_AUTHENTICATION_REQUIRED', `${reason} for ${JSON.stringify(userName.slice(0, 128))}`);
}
