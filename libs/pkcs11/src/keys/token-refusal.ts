import { ckrOf } from '../errors/ckr-names.js';
import { isOneOf, pinFailures, sessionFailures, TokenError, tokenFailures } from '../errors/token-error.js';

/** One way of doing something that the token declined. */
export interface Refusal {
  readonly way: string;
  readonly ckr: string;
}

/** What a full token answers: it is well, and what it holds goes on working. */
const full = 'CKR_DEVICE_MEMORY';
const gone: readonly string[] = [
  ...sessionFailures,
  ...tokenFailures.filter(ckr => ckr !== full),
  ...pinFailures,
  'CKR_USER_NOT_LOGGED_IN',
];

/** Whether it was no refusal: the token itself, or its session, is gone. */
export const isGone = ({ ckr }: Refusal): boolean => isOneOf(gone, ckr);

/** Runs one way; @returns what it gave, or why the token declined. @throws whatever is no answer of the token */
export async function attempted<T>(way: string, work: () => Promise<T> | T): Promise<{ done: T } | Refusal> {
  try {
    return { done: await work() };
  } catch (error) {
    const ckr = ckrOf(error);
    if (ckr === undefined) throw error;
    return { way, ckr };
  }
}

/**
 * The error when no way was open: unavailable when the token itself is gone, else refused, with what the token answered and
 * what to do next.
 */
export function allRefused(what: string, refusals: readonly Refusal[], advice: string): TokenError {
  const last = refusals.at(-1)?.ckr;
  if (refusals.slice(-1).some(isGone))
    return new TokenError('unavailable', `${what} failed: ${last ?? ''}`, { ckr: last });
  const answers = refusals.map(({ way, ckr }) => `${way}: ${ckr}`).join(', ');
  const next = isOneOf([full], last)
    ? 'the token is full: remove keys that nothing needs'
    : isOneOf(['CKR_TOKEN_WRITE_PROTECTED', 'CKR_SESSION_READ_ONLY'], last)
      ? 'the token is write-protected: allow writing in its own configuration'
      : advice;
  return new TokenError('refused', `${what} is refused by the token (${answers}): ${next}`, { ckr: last });
}
