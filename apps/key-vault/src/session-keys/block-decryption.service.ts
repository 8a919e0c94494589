import type { DecryptBlockReply, DecryptBlockRequest } from '#contracts';
import type { KeyEncryptionScheme, SessionKeyLength } from '#pkcs11';
import { RcsError } from '#platform';
import { checkedKeyName } from '../keys/checked-input.js';
import type { CallRate } from '../callers/call-rate.js';
import type { KeyUse } from '../callers/key-use-audit.js';
import type { KeyStore } from '../token/key-store.js';
import type { VaultKey } from '../token/vault-key.js';
import type { TransportKeys } from './transport-keys.js';

export interface BlockOfCaller extends DecryptBlockRequest {
  /** Fingerprint of the caller's certificate. */
  readonly caller: string;
  readonly signal: AbortSignal;
}

const longestMessageLength = 64;
const schemes: Readonly<Record<DecryptBlockRequest['padding'], KeyEncryptionScheme>> = {
  OAEP_SHA1: { scheme: 'rsaes-oaep', hash: 'sha1', mgfHash: 'sha1', label: Buffer.alloc(0) },
  PKCS1_V1_5: { scheme: 'rsaes-pkcs1-v1_5' },
};

/**
 * Opens bare RSA blocks for the local key manager, with its own keys alone, each for the contact center that its label
 * names. Whatever an attacker sends gives bytes, of the length asked for or, where none is, of a pseudo-random one: wrong
 * padding cannot be told from right.
 */
export class BlockDecryptionService {
  constructor(
    private readonly keys: KeyStore,
    private readonly transportKeys: TransportKeys,
    private readonly rate: CallRate,
    /** What callers mean that name no contact center: the one name in the labels of before there were several. */
    private readonly formerOrganization: string,
  ) {}

  /** @throws RcsError; never one that tells whether the padding was right. */
  async decrypt(request: BlockOfCaller, use: KeyUse): Promise<DecryptBlockReply> {
    this.rate.spend(request.caller, 1);
    const transportKey = this.transportKeys.get(request.transportKeyId, request.caller);
    const key = (use.key = await this.key(request, request.signal));
    const length = lengthOf(request);
    if (request.block.length !== key.tokenKey.modulus.length) {
      const publicDetail = `the block must have ${key.tokenKey.modulus.length} bytes, as the modulus of the key has`;
      throw new RcsError('RCS_INVALID_VALUE', 'bad block', { publicDetail });
    }
    const wrapped = { keyEncryption: schemes[request.padding], encryptedKey: request.block };
    const recorded = await use.record(key);
    const message = await this.keys.unwrapSessionKey(key, wrapped, length, request, recorded);
    try {
      return { jwe: transportKey.wrap(message) };
    } finally {
      message.fill(0);
    }
  }

  /** @throws RcsError RCS_NOT_FOUND, the same for a key that is not there and for one of another contact center or purpose */
  private async key({ contactCenter, keyIdentifier }: DecryptBlockRequest, signal: AbortSignal): Promise<VaultKey> {
    const name = checkedKeyName({
      contactCenter: contactCenter === '' ? this.formerOrganization : contactCenter,
      keyIdentifier,
    });
    const [key] = await this.keys.lookup.named(name, 'LOCAL_KEY_MANAGER', signal);
    return key;
  }
}

function lengthOf({ messageLength }: DecryptBlockRequest): SessionKeyLength {
  if (messageLength === 0) return 'own';
  if (messageLength <= longestMessageLength) return messageLength;
  const publicDetail = `messageLength must be at most ${longestMessageLength}`;
  throw new RcsError('RCS_INVALID_VALUE', 'bad message length', { publicDetail });
}
