import { maximumTriedKeys } from '#contracts';
import { toRcsError, type ErrorCode } from '#platform';

/** What one key of the vault made of an envelope. */
export interface UnwrappedSessionKey {
  /** Plain key bytes: whoever holds them zeroes them. Pseudo-random where the envelope was made for another key. */
  readonly sessionKey: Buffer;
  readonly certificateAlias: string;
  /** Subject key identifier, lower-case hexadecimal; empty from a vault of an older version. */
  readonly keyIdentifier: string;
}

/**
 * What every key of the contact center made of an envelope that bears the name in it, the likeliest first. A name is no
 * proof: two authorities may have issued the same serial number under the same name. Only the content tells which key is
 * right, since the vault must not say whether the padding inside a block was (RFC 3218).
 */
export interface SessionKeyCandidates {
  readonly keys: readonly [UnwrappedSessionKey, ...UnwrappedSessionKey[]];
  /** Whether the vault knows others, such as those of a further recipient. */
  readonly more: boolean;
}

/** Forgets them all. */
export function zeroCandidates({ keys }: Pick<SessionKeyCandidates, 'keys'>): void {
  for (const { sessionKey } of keys) sessionKey.fill(0);
}

export interface CandidateTrial<Opened> {
  /** Fails where the candidate is wrong. */
  readonly open: (candidate: UnwrappedSessionKey) => Promise<Opened>;
  /** Whether a failure says so; any other one ends the trial. */
  readonly isWrongKey: (error: unknown) => boolean;
  /** The candidates that remain when these keys, by their identifiers, were tried. */
  readonly others: (tried: readonly string[]) => Promise<SessionKeyCandidates>;
}

/**
 * Opens content with the first candidate that fits; the keys of the others are zeroed, and all of them when none fits.
 * @throws whatever the last attempt failed with, or the vault if it cannot be asked for the others now.
 */
export async function openWithCandidates<Opened>(
  first: SessionKeyCandidates,
  trial: CandidateTrial<Opened>,
): Promise<Opened> {
  const tried: string[] = [];
  for (let candidates = first; ;) {
    try {
      return await openWithOneOf(candidates.keys, trial);
    } catch (error) {
      if (!candidates.more || !trial.isWrongKey(error)) throw error;
      tried.push(...candidates.keys.map(({ keyIdentifier }) => keyIdentifier));
      if (tried.length >= maximumTriedKeys) throw error;
      candidates = await othersThan(tried, error, trial);
    }
  }
}

const saysLess: readonly ErrorCode[] = ['RCS_KEY_NOT_FOUND', 'RCS_GRANT_REFUSED'];

async function othersThan<Opened>(
  tried: readonly string[],
  failure: unknown,
  trial: CandidateTrial<Opened>,
): Promise<SessionKeyCandidates> {
  const others = await trial.others(tried).catch((error: unknown) => {
    // That there are none after all, or that the grant is spent, says less than that those there were did not fit.
    throw saysLess.includes(toRcsError(error).code) ? failure : error;
  });
  if (!others.keys.some(({ keyIdentifier }) => tried.includes(keyIdentifier))) return others;
  zeroCandidates(others);
  throw failure;
}

async function openWithOneOf<Opened>(
  candidates: SessionKeyCandidates['keys'],
  { open, isWrongKey }: CandidateTrial<Opened>,
): Promise<Opened> {
  let opener: UnwrappedSessionKey | undefined;
  try {
    let failure: unknown;
    for (const candidate of candidates) {
      try {
        const opened = await open(candidate);
        opener = candidate;
        return opened;
      } catch (error) {
        if (!isWrongKey(error)) throw error;
        failure = error;
      }
    }
    throw failure;
  } finally {
    for (const candidate of candidates) if (candidate !== opener) candidate.sessionKey.fill(0);
  }
}
