import type { RewrapForArchiveRequest } from '#contracts';
import type { KeyVaultClient } from '../key-vault-client.js';
import type { KeyVaultEndpoint } from '../key-vault-endpoint.js';
import { TransportAgreements } from './transport-agreements.js';
import type { SessionKeyCandidates } from './session-key-candidates.js';
import { UnwrapBatches, type UnwrapItem } from './unwrap-batches.js';

export interface SessionKeyRequest extends Omit<UnwrapItem, 'end'> {
  readonly timeoutMs: number;
}

/** What a vault is shown, and how long it may take. */
export interface ArchiveRewrapCall extends RewrapForArchiveRequest {
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Gets session keys from the vaults; they travel only under a transport key that this process alone shares. */
export class SessionKeyClient {
  private readonly agreements = new TransportAgreements();
  private readonly batches = new Map<KeyVaultEndpoint, UnwrapBatches>();

  constructor(private readonly vaults: KeyVaultClient) {}

  /**
   * What the keys that the envelope names make of it, the likeliest first: most often one. Whoever takes them finds out
   * by the content which one is right, and zeroes all of them.
   * @param request.grant as it was signed; the vault judges it itself.
   * @throws RcsError with the code of the vault's answer.
   */
  async unwrap({ timeoutMs, ...item }: SessionKeyRequest): Promise<SessionKeyCandidates> {
    return this.vaults.anyVault(timeoutMs, (vault, leftMs) =>
      this.batchesOf(vault).unwrap({ ...item, end: performance.now() + leftMs }),
    );
  }

  /**
   * Has a vault encrypt a session key for the recipient of an archive. No session key comes here.
   * @returns KeyTransRecipientInfo, DER
   * @throws RcsError with the code of the vault's answer
   */
  async rewrapForArchive({ timeoutMs, requestId, signal, ...request }: ArchiveRewrapCall): Promise<Buffer> {
    const { recipientInfo } = await this.vaults.anyVault(timeoutMs, (vault, leftMs) =>
      vault.call('RewrapForArchive', request, { timeoutMs: leftMs, requestId, signal }),
    );
    return Buffer.from(recipientInfo);
  }

  private batchesOf(vault: KeyVaultEndpoint): UnwrapBatches {
    const known = this.batches.get(vault) ?? new UnwrapBatches(vault, this.agreements);
    this.batches.set(vault, known);
    return known;
  }
}
