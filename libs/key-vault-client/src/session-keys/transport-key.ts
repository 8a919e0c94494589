import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair, importJWK, type CryptoKey } from 'jose';
import { decryptCompact, encryptCompact } from '#grants';
import { RcsError } from '#platform';

const transportKeyBytes = 32;
const curve = 'P-256';
const keyManagement = 'ECDH-ES';
const contentEncryption = 'A256GCM';

/**
 * The key under which one vault sends session keys to one worker process. It is agreed once (ECDH-ES to a fresh key of
 * the worker) and then used symmetrically, because an ECDH agreement costs more than twenty times a symmetric JWE.
 */
export class TransportKey {
  private constructor(private readonly key: KeyObject) {}

  /** The vault's side: a random key. */
  static generate(): Promise<TransportKey> {
    return TransportKey.fromSecret(randomBytes(transportKeyBytes));
  }

  /** The key, encrypted to the worker's public key (JWK as JSON). */
  async agree(workerPublicKey: string): Promise<string> {
    const recipient = await readPublicKey(workerPublicKey);
    const secret = this.key.export();
    try {
      return await encryptTo(recipient, secret);
    } finally {
      secret.fill(0);
    }
  }

  /** Wraps a session key; the caller zeroes its buffer. */
  wrap(sessionKey: Buffer): string {
    return encryptCompact(sessionKey, this.key);
  }

  /** The worker's side. @throws RcsError RCS_INTERNAL when the message was not made with this key. */
  unwrap(jwe: string): Buffer {
    const sessionKey = decryptCompact(jwe, this.key);
    if (sessionKey === undefined) throw new RcsError('RCS_INTERNAL', 'a wrapped session key could not be opened');
    return sessionKey;
  }

  /** Takes the secret over and overwrites it. */
  static fromSecret(secret: Buffer): Promise<TransportKey> {
    if (secret.length !== transportKeyBytes) {
      return Promise.reject(new RcsError('RCS_INTERNAL', 'a transport key has the wrong length'));
    }
    const key = createSecretKey(secret);
    secret.fill(0);
    return Promise.resolve(new TransportKey(key));
  }
}

/** The receiving half of a key agreement: a fresh EC P-256 key that never leaves this process. */
export class KeyAgreement {
  private constructor(
    private readonly key: CryptoKey,
    /** JWK as JSON, without the private part. */
    readonly publicKey: string,
  ) {}

  static async create(): Promise<KeyAgreement> {
    const { privateKey, publicKey } = await generateKeyPair(keyManagement, { crv: curve });
    return new KeyAgreement(privateKey, JSON.stringify(await exportJWK(publicKey)));
  }

  /** What was encrypted to this key. @throws RcsError RCS_INVALID_VALUE for anything else. */
  async open(jwe: string): Promise<Buffer> {
    try {
      const { plaintext } = await compactDecrypt(jwe, this.key, {
        keyManagementAlgorithms: [keyManagement],
        contentEncryptionAlgorithms: [contentEncryption],
      });
      return Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.length);
    } catch (error) {
      throw new RcsError('RCS_INVALID_VALUE', 'a JWE was not encrypted to our key', {
        publicDetail: 'the JWE cannot be opened; fetch the import key again and encrypt to it',
        cause: error,
      });
    }
  }
}

/** Encrypts a secret to a public key (JWK as JSON) with ECDH-ES and A256GCM; the caller zeroes the secret. */
export async function encryptToPublicKey(publicKey: string, secret: Buffer): Promise<string> {
  return encryptTo(await readPublicKey(publicKey), secret);
}

async function encryptTo(recipient: CryptoKey | Uint8Array, secret: Buffer): Promise<string> {
  return await new CompactEncrypt(secret)
    .setProtectedHeader({ alg: keyManagement, enc: contentEncryption })
    .encrypt(recipient);
}

async function readPublicKey(json: string): Promise<CryptoKey | Uint8Array> {
  try {
    const { kty, crv, x, y } = JSON.parse(json) as Readonly<Record<string, unknown>>;
    if (kty === 'EC' && crv === curve) return await importJWK({ kty, crv, x: String(x), y: String(y) }, keyManagement);
  } catch (error) {
    throw new RcsError('RCS_INVALID_VALUE', 'not a JSON web key', {
      publicDetail: 'the public key is no JWK',
      cause: error,
    });
  }
  throw new RcsError('RCS_INVALID_VALUE', 'not an EC P-256 key', { publicDetail: 'the public key must be EC P-256' });
}
