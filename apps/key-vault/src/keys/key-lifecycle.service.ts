import type { GenerateKeyPairRequest, KeyPurpose, KeyReply } from '#contracts';
import { RcsError } from '#platform';
import type { KeyUse } from '../callers/key-use-audit.js';
import { checkedName } from './checked-input.js';
import type { KeyStore } from '../token/key-store.js';

const modulusSizes = [2048, 3072, 4096] as const;

/** The beginning of keys that live in the token alone. */
export class KeyLifecycleService {
  constructor(private readonly keys: KeyStore) {}

  /** @throws RcsError RCS_KEY_EXISTS, RCS_INVALID_VALUE */
  async generate(
    request: GenerateKeyPairRequest,
    purpose: KeyPurpose,
    use: KeyUse,
    signal: AbortSignal,
  ): Promise<KeyReply> {
    const contactCenter = checkedName('contact center', request.contactCenter);
    const alias = checkedName('alias', request.alias);
    const bits = modulusBits(request);
    const label = { purpose, contactCenter, alias };
    const recorded = await use.record({ ...label, keyIdentifier: '' });
    const key = await this.keys.generate(label, bits, recorded, signal);
    return { key: this.keys.entry(key) };
  }
}

function modulusBits(request: GenerateKeyPairRequest): 2048 | 3072 | 4096 {
  const size = modulusSizes.find(bits => bits === request.modulusBits);
  if (size !== undefined) return size;
  throw new RcsError('RCS_INVALID_VALUE', 'bad modulus', {
    publicDetail: `modulusBits must be ${modulusSizes.join(', ')}`,
  });
}
