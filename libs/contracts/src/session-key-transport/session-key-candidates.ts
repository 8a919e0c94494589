/** What one key of the vault made of an envelope. */
export interface UnwrappedSessionKey {
  /** Plain key bytes: whoever holds them zeroes them. Pseudo-random where the envelope was made for another key. */
  readonly sessionKey: Buffer;
  readonly certificateAlias: string;
  /** Subject key identifier, lower-case hexadecimal; empty from a vault of an older version. */
  readonly keyIdentifier: string;
}

/**
 * What every key of the contact center made of an envelope that bears one of the names in it, the likeliest first. A
 * name is no proof: two authorities may have issued the same serial number under the same name. Only the content tells
 * which key is right, since the vault must not say whether the padding inside a block was (RFC 3218).
 */
export type SessionKeyCandidates = readonly [UnwrappedSessionKey, ...UnwrappedSessionKey[]];

/** Forgets them all. */
export function zeroCandidates(candidates: SessionKeyCandidates): void {
  for (const { sessionKey } of candidates) sessionKey.fill(0);
}

/**
 * Opens content with the first candidate that fits; the keys of the others are zeroed, and all of them when none fits.
 * @param open fails where the candidate is wrong.
 * @param isWrongKey whether a failure says so; any other one ends the search.
 * @throws whatever the last attempt failed with.
 */
export async function openWithCandidates<T>(
  candidates: SessionKeyCandidates,
  open: (candidate: UnwrappedSessionKey) => Promise<T>,
  isWrongKey: (error: unknown) => boolean,
): Promise<T> {
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
