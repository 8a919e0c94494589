import { createSecretKey, type KeyObject } from 'node:crypto';
import * as pkcs11 from 'pkcs11js';
import { ckrName } from '../errors/ckr-names.js';
import { tokenFault } from '../errors/token-error.js';
import type { TokenKey } from '../keys/token-key.js';
import type { DecryptionAnswer } from '../module/decryption-threads.js';
import type { SessionTurn } from '../sessions/session-turn.js';
import type { TokenSession } from '../sessions/token-session.js';
import { finishDecryption, notStarted, startDecryption } from './decryption.js';
import { rejectionChallenge, rejectionSecretFrom } from './implicit-rejection.js';
import { decodeSessionKey, type EncryptedSessionKey } from './session-key-decoding.js';

/**
 * Unwraps with CKM_RSA_X_509: the token does the bare RSA operation, the padding is judged here, in the same steps for
 * right and wrong, and for hashes that the token does not know. The token has no reason left to fail on what an
 * attacker sends, so that its failures are its own.
 */
export class RawUnwrapping {
  /** By the identifier of the key in hexadecimal. */
  private readonly rejectionSecrets = new Map<string, KeyObject>();
  /** The same by what was read of the token last, which is found without making a text. */
  private readonly secretsOfKeys = new WeakMap<TokenKey, KeyObject>();

  /** Whether there is nothing to do for the key before its first unwrap. */
  isReadyFor(key: TokenKey): boolean {
    return this.secretOf(key) !== undefined;
  }

  /** In one step, where the session is had in line: only for a key that `isReadyFor` knows. @throws TokenError */
  async unwrap(
    session: TokenSession,
    key: TokenKey,
    encrypted: EncryptedSessionKey,
    turn: SessionTurn,
  ): Promise<Buffer> {
    const secret = this.secretOf(key) ?? (await this.makeRejectionSecret(session, key));
    const number = asNumberBelow(key.modulus, encrypted.encryptedKey);
    // What is no ciphertext of this key, as everybody can see, goes the same way nevertheless and is rejected at its end.
    const input = number ?? rejectionChallenge(key.modulus.length);
    const block =
      turn.use === 'in line'
        ? blockOfAnswer(await session.decryptInLine(pkcs11.CKM_RSA_X_509, key.handle, input), key, turn)
        : await privateOperation(session, key, input);
    try {
      return decodeSessionKey(block, encrypted, secret, number === undefined ? 0 : 1);
    } finally {
      block.fill(0);
    }
  }

  private secretOf(key: TokenKey): KeyObject | undefined {
    const known = this.secretsOfKeys.get(key);
    if (known !== undefined) return known;
    const named = this.rejectionSecrets.get(key.id.toString('hex'));
    if (named !== undefined) this.secretsOfKeys.set(key, named);
    return named;
  }

  private async makeRejectionSecret(session: TokenSession, key: TokenKey): Promise<KeyObject> {
    const block = await privateOperation(session, key, rejectionChallenge(key.modulus.length));
    const secret = createSecretKey(rejectionSecretFrom(block));
    block.fill(0);
    this.rejectionSecrets.set(key.id.toString('hex'), secret);
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
  startDecryption(session, key, { mechanism: pkcs11.CKM_RSA_X_509 });
  const { message, ckr } = await finishDecryption(session, key, input);
  // No ciphertext is wrong here, so that every failure is the token's.
  if (message === undefined) throw tokenFault('C_Decrypt', ckr);
  return blockOf(message, key.modulus.length);
}

/** What came of the same in one step, behind those of others in the session. */
function blockOfAnswer({ call, code, message, seconds }: DecryptionAnswer, key: TokenKey, turn: SessionTurn): Buffer {
  turn.seconds = seconds;
  if (code === pkcs11.CKR_OK) return blockOf(message, key.modulus.length);
  throw call === 'C_DecryptInit' ? notStarted(ckrName(code)) : tokenFault(call, ckrName(code));
}

function blockOf(output: Buffer, size: number): Buffer {
  if (output.length === size) return output;
  if (output.length > size) {
    output.fill(0);
    throw tokenFault('C_Decrypt', undefined);
  }
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
