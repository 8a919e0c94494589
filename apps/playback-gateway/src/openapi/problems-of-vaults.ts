import type { ErrorCode } from '#platform';

/** What may go wrong when key vaults are asked. */
export const problemsOfVaults: readonly ErrorCode[] = [
  'RCS_VAULT_UNAVAILABLE',
  'RCS_TOKEN_UNAVAILABLE',
  'RCS_CALLER_NOT_ALLOWED',
  'RCS_GRANT_REFUSED',
  'RCS_KEY_NOT_FOUND',
];
