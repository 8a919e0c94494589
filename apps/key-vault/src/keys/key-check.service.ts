import { constants, createPublicKey, publicEncrypt, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { CheckKeyReply, CheckKeyRequest } from '#contracts';
import { rsaPublicKey, type KeyEncryptionScheme } from '#pkcs11';
import { RcsError } from '#platform';
import { checkedKeyName } from './checked-input.js';
import type { CallContext } from '../callers/call-context.js';
import type { KeyUse } from '../callers/key-use-audit.js';
import type { RecordedUse } from '../journal/recorded-use.js';
import type { KeyStore } from '../token/key-store.js';
import type { VaultKey } from '../token/vault-key.js';

const messageBytes = 32;

interface Way {
  readonly name: 'RSAES-PKCS1-v1_5' | 'RSAES-OAEP';
  readonly scheme: KeyEncryptionScheme;
  encrypt(key: KeyObject, message: Buffer): Buffer;
}

/** The two ways in which envelopes of recordings encrypt session keys. */
const ways: readonly Way[] = [
  {
    name: 'RSAES-PKCS1-v1_5',
    scheme: { scheme: 'rsaes-pkcs1-v1_5' },
    encrypt: (key, message) => publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, message),
  },
  {
    name: 'RSAES-OAEP',
    scheme: { scheme: 'rsaes-oaep', hash: 'sha1', mgfHash: 'sha1', label: Buffer.alloc(0) },
    encrypt: (key, message) => publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING }, message),
  },
];

/**
 * Proves that the token opens what is encrypted to a public key: with random messages of its own, so that nobody learns
 * anything about blocks of others.
 */
export class KeyCheckService {
  constructor(private readonly keys: KeyStore) {}

  /** @throws RcsError RCS_INVALID_VALUE, and those of a token that cannot serve. */
  async check(request: CheckKeyRequest, context: CallContext, use: KeyUse): Promise<CheckKeyReply> {
    const name = checkedKeyName(request.key);
    const publicKey = readPublicKey(Buffer.from(request.publicKey));
    const key = await this.find(name, publicKey, context.signal);
    if (key === undefined) return { held: false, alias: '', opened: [], failed: [] };
    const recorded = await use.record(key);
    const opened: string[] = [];
    const failed: string[] = [];
    for (const way of ways) {
      ((await this.opens(key, publicKey, way, context, recorded)) ? opened : failed).push(way.name);
    }
    return { held: true, alias: key.alias, opened, failed };
  }

  private async find(
    name: { readonly contactCenter: string; readonly keyIdentifier: string },
    publicKey: KeyObject,
    signal: AbortSignal,
  ): Promise<VaultKey | undefined> {
    try {
      const keys = await this.keys.lookup.named(name, 'RECORDING', signal);
      return keys.find(({ tokenKey }) => rsaPublicKey(tokenKey.modulus, tokenKey.publicExponent).equals(publicKey));
    } catch (error) {
      if (error instanceof RcsError && error.code === 'RCS_NOT_FOUND') return undefined;
      throw error;
    }
  }

  private async opens(
    key: VaultKey,
    publicKey: KeyObject,
    way: Way,
    context: CallContext,
    recorded: RecordedUse,
  ): Promise<boolean> {
    const message = randomBytes(messageBytes);
    const wrapped = { keyEncryption: way.scheme, encryptedKey: way.encrypt(publicKey, message) };
    const opened = await this.keys.unwrapSessionKey(key, wrapped, messageBytes, context, recorded);
    try {
      return timingSafeEqual(opened, message);
    } finally {
      opened.fill(0);
      message.fill(0);
    }
  }
}

/** @throws RcsError RCS_INVALID_VALUE */
function readPublicKey(der: Buffer): KeyObject {
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch (error) {
    throw new RcsError('RCS_INVALID_VALUE', 'no public key', {
      publicDetail: 'the public key is no SubjectPublicKeyInfo in DER',
      cause: error,
    });
  }
  throw new RcsError('RCS_INVALID_VALUE', 'no RSA key', { publicDetail: 'the public key is no RSA key' });
}
