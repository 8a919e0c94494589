import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { TransportKey } from '#key-vault-client';
import { entriesAtMost, RcsError } from '#platform';

interface AgreedKey {
  readonly key: TransportKey;
  /** Fingerprint of the client certificate that agreed the key. */
  readonly caller: string;
}

/** The transport keys that workers have agreed with this vault process; bounded, short-lived, in memory only. */
export class TransportKeys {
  private readonly keys: LRUCache<string, AgreedKey>;

  constructor(
    private readonly timeToLiveMs: number,
    maximum: number,
  ) {
    this.keys = new LRUCache({ ...entriesAtMost(maximum), ttl: timeToLiveMs });
  }

  /** Makes a key for the worker and encrypts it to the worker's public key (JWK as JSON). */
  async agree(workerPublicKey: string, caller: string): Promise<{ id: string; jwe: string; expiresInMs: number }> {
    const key = await TransportKey.generate();
    const jwe = await key.agree(workerPublicKey);
    const id = randomUUID();
    this.keys.set(id, { key, caller });
    return { id, jwe, expiresInMs: this.timeToLiveMs };
  }

  /** @throws RcsError RCS_TRANSPORT_KEY_UNKNOWN for a key that is not there any more or was agreed by somebody else. */
  get(id: string, caller: string): TransportKey {
    const agreed = this.keys.get(id);
    if (agreed?.caller === caller) return agreed.key;
    throw new RcsError('RCS_TRANSPORT_KEY_UNKNOWN', `transport key ${id.slice(0, 64)} is not known for this caller`);
  }
}
