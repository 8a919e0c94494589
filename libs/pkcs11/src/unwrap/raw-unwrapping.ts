import { createSecretKey, type KeyObject } from 'node:crypto';
import * as pkcs11 from 'pkcs11js';
import { tokenFault } from '../errors/token-error.js';
import type { TokenKey } from '../keys/token-key.js';
import type { TokenSession } from '../sessions/token-session.js';
import { finishDecryption, startDecryption } from './decryption.js';
import { rejectionChallenge, rejectionSecretFrom } from './implicit-rejection.js';
import { decodeSessionKey, type EncryptedSessionKey } from './session-key-decoding.js';

/**
 * Unwraps with CKM_RSA_X_509: the token does the bare RSA operation, the padding is judged here, in the same steps for
 * right and wrong, and for hashes that the token does not know. The token has no reason left to fail on what an
 * attacker sends, so that its failures are its own.
 */
export class RawUnwrapping {
  private readonly rejectionSecrets = new Map<string, KeyObject>();

  async unwrap(session: TokenSession, key: TokenKey, encrypted: EncryptedSessionKey): Promise<Buffer> {
    const name = key.id.toString('hex');
    const secret = this.rejectionSecrets.get(name) ?? (await this.makeRejectionSecret(session, key, name));
    const number = asNumberBelow(key.modulus, encrypted.encryptedKey);
    // What is no ciphertext of this key, as everybody can see, goes the same way nevertheless and is rejected at its end.
    const block = await privateOperation(session, key, number ?? rejectionChallenge(key.modulus.length));
    try {
      return decodeSessionKey(block, encrypted, secret, number === undefined ? 0 : 1);
    } finally {
      block.fill(0);
    }
  }

  private async makeRejectionSecret(session: TokenSession, key: TokenKey, name: string): Promise<KeyObject> {
    const block = await privateOperation(session, key, rejectionChallenge(key.modulus.length));
    const secret = createSecretKey(rejectionSecretFrom(block));
    block.fill(0);
    this.rejectionSecrets.set(name, secret);
    return secret;
  }
}

/** The ciphertext in the size of the modulus (some writers drop leading zeros), if it is a number below it. */
function asNumberBelow(modulus: Buffer, encryptedKey: Buffer): Buffer | undefined {
  if (encryptedKey.length > modulus.length) return undefined;
  const number = leftPadded(encryptedKey, modulus.length);
  return number.compare(modulus) < 0 ? number : undefined;
}

async function privateOperation(session: TokenSession, key: TokenKey, input: Buffer): Promise<Buffer> {
  const size = key.modulus.length;
  startDecryption(session, key, { mechanism: pkcs11.CKM_RSA_X_509 });
  const { message: output, ckr } = await finishDecryption(session, key, input);
  // No ciphertext is wrong here, so that every failure is the token's.
  if (output === undefined) throw tokenFault('C_Decrypt', ckr);
  if (output.length === size) return output;
  // Some tokens drop leading zeros of the result.
  const block = leftPadded(output, size);
  output.fill(0);
  return block;
}

function leftPadded(bytes: Buffer, length: number): Buffer {
  const padded = Buffer.allocUnsafe(length);
  bytes.copy(padded.fill(0, 0, length - bytes.length), length - bytes.length);
  return padded;
}
