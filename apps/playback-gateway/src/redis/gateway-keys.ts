import { createHash, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { decryptSecret, encryptSecret } from '#platform';
import type { SharedSecretStore } from '#store';

const secretBytes = 32;

/**
 * Keys that the gateways of one store share and nobody else has: workers and vaults do not open the store, and Redis
 * never sees them. One for each purpose (HKDF, RFC 5869).
 */
export class GatewayKeys {
  /** @param secret 32 random bytes */
  constructor(private readonly secret: Buffer) {}

  /**
   * Those of the store, made by whichever gateway is the first. They are kept encrypted with the master key where there
   * is one. With another master key there is another secret: sessions begin anew, and nothing is stuck.
   */
  static async agreed(secrets: SharedSecretStore, masterKey: Buffer | undefined): Promise<GatewayKeys> {
    const fresh = randomBytes(secretBytes).toString('base64');
    if (masterKey === undefined) return new GatewayKeys(Buffer.from(await secrets.agree('gateways', fresh), 'base64'));
    const fingerprint = createHash('sha256').update('rcs master key').update(masterKey).digest('hex').slice(0, 16);
    const kept = await secrets.agree(`gateways ${fingerprint}`, encryptSecret(fresh, masterKey));
    return new GatewayKeys(Buffer.from(decryptSecret(kept, masterKey), 'base64'));
  }

  /** 32 bytes for one purpose; they tell nothing of those for another. */
  of(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.secret, Buffer.alloc(0), `rcs gateways: ${purpose}`, 32));
  }

  /** Digests that nobody else can make or guess: names in Redis that tell nothing of what they name. */
  digests(purpose: string): (...parts: readonly (string | null)[]) => string {
    // Made once: Node needs ten times as long for an HMAC with bytes that it has not seen as a key.
    const key = createSecretKey(this.of(purpose));
    return (...parts) => createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
  }
}
