import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import { RcsError } from '#platform';

/** Errors by which a provider says that it is to blame (RFC 6749 section 4.1.2.1). */
const ofProvider = new Set(['server_error', 'temporarily_unavailable']);
/** And by which it says that this server is not set up as it expects (section 5.2): nobody who logs in can change that. */
const ofSettings = new Set([
  'invalid_client',
  'unauthorized_client',
  'unsupported_response_type',
  'unsupported_grant_type',
  'invalid_scope',
]);

export const providerAway = (why: string, cause?: unknown): RcsError =>
  new RcsError('RCS_DIRECTORY_UNAVAILABLE', `the OpenID provider cannot be asked: ${why}`, {
    cause,
    retryAfterMs: 2000,
  });

/** What a log-in failed by, as an error of ours: whoever logs in learns which kind it is, the log learns the rest. */
export function providerRefusal(error: unknown): RcsError {
  if (error instanceof RcsError) return error;
  if (error instanceof ClientError && error.cause instanceof RcsError) return error.cause;
  // Their causes hold what a browser or the provider has sent: no such thing goes into a log.
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const said = [error.error, error.error_description ?? '']
      .map(text => text.slice(0, 200))
      .join(' ')
      .trim();
    if (ofProvider.has(error.error)) return providerAway(`it says ${JSON.stringify(said)}`);
    if (ofSettings.has(error.error))
      return new RcsError(
        'RCS_INTERNAL',
        `the OpenID provider refuses this server (openId.login): ${JSON.stringify(said)}`,
      );
    return new RcsError('RCS_AUTHENTICATION_REQUIRED', `the OpenID provider refused a log-in: ${JSON.stringify(said)}`);
  }
  return new RcsError(
    'RCS_AUTHENTICATION_REQUIRED',
    'what the OpenID provider answered to a log-in counts for nothing',
    {
      cause: error,
    },
  );
}
