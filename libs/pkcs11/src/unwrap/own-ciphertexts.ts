import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { TokenError } from '../errors/token-error.js';
import { rsaPublicKey } from '../keys/subject-key-identifier.js';
import type { TokenKey } from '../keys/token-key.js';
import type { TokenSession } from '../sessions/token-session.js';
import { finishDecryption, startDecryption } from './decryption.js';
import type { KeyEncryptionScheme } from './key-encryption-scheme.js';
import { encodeOaep } from './oaep.js';
import { mechanismOf } from './token-paddings.js';

interface OwnCiphertext {
  readonly ciphertext: Buffer;
  readonly message: Buffer;
}

/** Whether the token opened a ciphertext of our own, and what it answered if not. */
export interface Proof {
  readonly opens: boolean;
  readonly ckr: string | undefined;
}

const messageBytes = 32;
const mostKept = 512;

/**
 * Ciphertexts of our own, made with the public keys of the token. Whether it opens one says whose fault a failure was:
 * the ciphertext's before it, if it does, else the token's.
 */
export class OwnCiphertexts {
  private readonly made = new Map<string, OwnCiphertext>();

  /** @throws TokenError when there is no answer: the call hangs, or the session has ended */
  async proof(session: TokenSession, key: TokenKey, scheme: KeyEncryptionScheme): Promise<Proof> {
    const { ciphertext, message } = this.of(key, scheme);
    let failed = begin(session, key, scheme);
    if (failed === 'CKR_OPERATION_ACTIVE') {
      // What failed before was left open by the module.
      await finishDecryption(session, key, ciphertext);
      failed = begin(session, key, scheme);
    }
    if (failed !== undefined) return { opens: false, ckr: failed };
    const decrypted = await finishDecryption(session, key, ciphertext);
    const opens = decrypted.message?.equals(message) ?? false;
    decrypted.message?.fill(0);
    return { opens, ckr: decrypted.ckr };
  }

  private of(key: TokenKey, scheme: KeyEncryptionScheme): OwnCiphertext {
    const name = `${key.id.toString('hex')} ${nameOf(scheme)}`;
    const known = this.made.get(name);
    if (known !== undefined) return known;
    if (this.made.size >= mostKept) this.made.clear();
    const made = ownCiphertext(key, scheme);
    this.made.set(name, made);
    return made;
  }
}

/** @returns what the token answers if it refuses */
function begin(session: TokenSession, key: TokenKey, scheme: KeyEncryptionScheme): string | undefined {
  try {
    startDecryption(session, key, mechanismOf(scheme));
    return undefined;
  } catch (error) {
    if (error instanceof TokenError && error.ckr !== undefined) return error.ckr;
    throw error;
  }
}

function ownCiphertext({ modulus, publicExponent }: TokenKey, scheme: KeyEncryptionScheme): OwnCiphertext {
  const key = rsaPublicKey(modulus, publicExponent);
  const message = randomBytes(messageBytes);
  if (scheme.scheme === 'rsaes-pkcs1-v1_5') {
    return { message, ciphertext: publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, message) };
  }
  const block = encodeOaep(message, modulus.length, scheme);
  return { message, ciphertext: publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block) };
}

/** The same for schemes that a token does alike. */
export function nameOf(scheme: KeyEncryptionScheme): string {
  if (scheme.scheme === 'rsaes-pkcs1-v1_5') return scheme.scheme;
  return `${scheme.scheme} ${scheme.hash} ${scheme.mgfHash} ${scheme.label.toString('hex')}`;
}
