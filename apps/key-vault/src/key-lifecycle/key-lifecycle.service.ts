import type { DeleteKeyReply, DeleteKeyRequest, GenerateKeyPairRequest, KeyPurpose, KeyReply } from '#contracts';
import { RcsError } from '#platform';
import { checkedKeyName, checkedName } from '../input/checked-input.js';
import type { KeyStore } from '../token/key-store.js';
import { keyEntry } from '../token/vault-key.js';

const modulusSizes = [2048, 3072, 4096] as const;

/** The beginning and the end of keys that live in the token alone. */
export class KeyLifecycleService {
  constructor(private readonly keys: KeyStore) {}

  /** @throws RcsError RCS_KEY_EXISTS, RCS_INVALID_VALUE */
  async generate(request: GenerateKeyPairRequest, purpose: KeyPurpose, signal: AbortSignal): Promise<KeyReply> {
    const contactCenter = checkedName('contact center', request.contactCenter);
    const alias = checkedName('alias', request.alias);
    const key = await this.keys.generate({ purpose, contactCenter, alias }, modulusBits(request), signal);
    return { key: keyEntry(key) };
  }

  /**
   * Removes a certificate and, with the last one of a key, the key: recordings made for it never open again.
   * @throws RcsError RCS_NOT_FOUND when contact center, key and alias do not belong together.
   */
  async delete(request: DeleteKeyRequest, purpose: KeyPurpose, signal: AbortSignal): Promise<DeleteKeyReply> {
    const alias = checkedName('alias', request.alias);
    const views = await this.keys.named(checkedKeyName(request.key), purpose, signal);
    const key = views.find(view => view.alias === alias);
    if (key === undefined) {
      throw new RcsError('RCS_NOT_FOUND', 'the key has no certificate of this alias', {
        publicDetail: 'the key has another alias: name both as they belong together',
      });
    }
    return { privateKeyDestroyed: await this.keys.remove(key, signal) };
  }
}

function modulusBits(request: GenerateKeyPairRequest): 2048 | 3072 | 4096 {
  const size = modulusSizes.find(bits => bits === request.modulusBits);
  if (size !== undefined) return size;
  throw new RcsError('RCS_INVALID_VALUE', 'bad modulus', {
    publicDetail: `modulusBits must be ${modulusSizes.join(', ')}`,
  });
}
