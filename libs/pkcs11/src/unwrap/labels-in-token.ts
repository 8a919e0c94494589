import { publicEncrypt } from 'node:crypto';
import { ckrOf } from '../errors/ckr-names.js';
import { isOneOf, TokenError } from '../errors/token-error.js';
import { rsaPublicKey } from '../keys/subject-key-identifier.js';
import type { TokenKey } from '../keys/token-key.js';
import type { TokenSession } from '../sessions/token-session.js';
import type { OaepParameters } from './oaep.js';
import { paddingFailures, startDecryption } from './token-paddings.js';

const label = Buffer.from('recording-crypto-server label');
const message = Buffer.from('does the token look at it');

/**
 * Tokens that ignore the label of RSAES-OAEP (SoftHSM 2.6 does) find every labelled block wrong, which would give
 * pseudo-random keys for good blocks. So the first labelled block makes us try one of our own.
 */
export class LabelsInToken {
  private honoured: boolean | undefined;

  /** @throws TokenError unsupported where the scheme has a label and the token ignores labels */
  async require(session: TokenSession, key: TokenKey, { hash, label: wanted }: OaepParameters): Promise<void> {
    if (wanted.length === 0) return;
    this.honoured ??= await areHonoured(session, key, hash);
    if (this.honoured) return;
    throw new TokenError('unsupported', 'the token ignores the label of RSAES-OAEP, which this envelope has');
  }
}

async function areHonoured(session: TokenSession, key: TokenKey, hash: OaepParameters['hash']): Promise<boolean> {
  const publicKey = rsaPublicKey(key.modulus, key.publicExponent);
  const block = publicEncrypt({ key: publicKey, oaepHash: hash, oaepLabel: label }, message);
  startDecryption(session, key, { scheme: 'rsaes-oaep', hash, mgfHash: hash, label });
  try {
    return (await session.finishDecryption(block, key.modulus.length)).equals(message);
  } catch (error) {
    if (isOneOf(paddingFailures, ckrOf(error))) return false;
    throw error;
  }
}
