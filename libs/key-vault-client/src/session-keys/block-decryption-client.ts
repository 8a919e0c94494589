import type { DecryptBlockRequest } from '#contracts';
import type { KeyVaultClient } from '../key-vault-client.js';
import { TransportAgreements } from './transport-agreements.js';

export interface BlockDecryptionRequest extends Omit<DecryptBlockRequest, 'transportKeyId'> {
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Opens RSA blocks with the keys of the local key manager; for a process whose certificate has that role. */
export class BlockDecryptionClient {
  private readonly agreements = new TransportAgreements();

  constructor(private readonly vaults: KeyVaultClient) {}

  /**
   * The message inside a block; the caller zeroes it. A block whose padding is wrong gives pseudo-random bytes.
   * @throws RcsError with the code of the vault's answer; RCS_NOT_FOUND for a key that the local key manager has not.
   */
  decrypt({ requestId, timeoutMs, signal, ...request }: BlockDecryptionRequest): Promise<Buffer> {
    return this.vaults.anyVault(timeoutMs, (vault, leftMs) => {
      const end = performance.now() + leftMs;
      return this.agreements.run(vault, end, async ({ id, key }) => {
        const options = { timeoutMs: Math.max(1, end - performance.now()), requestId, signal };
        const { jwe } = await vault.call('DecryptBlock', { ...request, transportKeyId: id }, options);
        return key.unwrap(jwe);
      });
    });
  }
}
