import { TokenError } from '../errors/token-error.js';
import type { KeyIndex, PresentKey } from './key-index.js';
import type { TokenKey } from './token-key.js';

/** The key that was found before, as the token has it now. @throws TokenError not-found */
export function heldKey(index: KeyIndex, wanted: PresentKey): TokenKey {
  const key = index.present(wanted);
  if (key !== undefined) return key;
  throw notHeld(wanted.id);
}

export const notHeld = (id: Buffer): TokenError =>
  new TokenError('not-found', `the token does not hold the key ${id.toString('hex')}`);
