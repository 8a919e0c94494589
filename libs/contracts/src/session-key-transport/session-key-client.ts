import { RcsError } from '#platform';
import type { KeyVaultClient } from '../key-vault/key-vault-client.js';
import type { KeyVaultEndpoint } from '../key-vault/key-vault-endpoint.js';
import { KeyAgreement, TransportKey } from './transport-key.js';

export interface UnwrapRequest {
  /** The grant as it was signed; the vault judges it itself. */
  readonly grant: string;
  readonly envelope: Buffer;
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface UnwrappedSessionKey {
  /** Plain key bytes: whoever holds them zeroes them. */
  readonly sessionKey: Buffer;
  readonly certificateAlias: string;
}

interface AgreedKey {
  readonly id: string;
  readonly key: TransportKey;
  readonly expiresAt: number;
  /** The vault said that it does not know this key any more. */
  forgotten: boolean;
}

/** A key is agreed anew a little before the vault forgets it, milliseconds. */
const longestRenewalMargin = 5000;

/** Gets session keys from the vaults; they travel only under a transport key that this process alone shares. */
export class SessionKeyClient {
  private readonly agreed = new Map<KeyVaultEndpoint, Promise<AgreedKey>>();

  constructor(private readonly vaults: KeyVaultClient) {}

  /** @throws RcsError with the code of the vault's answer. */
  async unwrap(request: UnwrapRequest): Promise<UnwrappedSessionKey> {
    return this.vaults.anyVault(request.timeoutMs, async (vault, timeoutMs) => {
      const end = Date.now() + timeoutMs;
      const transport = await this.transportKey(vault, end);
      try {
        return await unwrapAt(vault, transport, request, end);
      } catch (error) {
        if (!(error instanceof RcsError) || error.code !== 'RCS_TRANSPORT_KEY_UNKNOWN') throw error;
        // The vault was restarted and has forgotten what was agreed; requests that find out together agree once.
        transport.forgotten = true;
        return unwrapAt(vault, await this.transportKey(vault, end), request, end);
      }
    });
  }

  private async transportKey(vault: KeyVaultEndpoint, end: number): Promise<AgreedKey> {
    const pending = this.agreed.get(vault) ?? this.startAgreement(vault, end);
    const agreed = await pending;
    if (!agreed.forgotten && agreed.expiresAt > Date.now()) return agreed;
    if (this.agreed.get(vault) === pending) this.agreed.delete(vault);
    return this.transportKey(vault, end);
  }

  private startAgreement(vault: KeyVaultEndpoint, end: number): Promise<AgreedKey> {
    const agreement = agree(vault, Math.max(1, end - Date.now()));
    this.agreed.set(vault, agreement);
    agreement.catch(() => {
      if (this.agreed.get(vault) === agreement) this.agreed.delete(vault);
    });
    return agreement;
  }
}

async function agree(vault: KeyVaultEndpoint, timeoutMs: number): Promise<AgreedKey> {
  const ours = await KeyAgreement.create();
  const reply = await vault.call('AgreeTransportKey', { workerPublicKey: ours.publicKey }, { timeoutMs });
  const secret = await ours.open(reply.jwe);
  try {
    const key = await TransportKey.fromSecret(secret);
    const margin = Math.min(longestRenewalMargin, reply.expiresInMs / 2);
    return { id: reply.transportKeyId, key, expiresAt: Date.now() + reply.expiresInMs - margin, forgotten: false };
  } finally {
    secret.fill(0);
  }
}

async function unwrapAt(
  vault: KeyVaultEndpoint,
  transport: AgreedKey,
  request: UnwrapRequest,
  end: number,
): Promise<UnwrappedSessionKey> {
  const reply = await vault.call(
    'UnwrapSessionKey',
    { grant: request.grant, envelope: request.envelope, transportKeyId: transport.id },
    { timeoutMs: Math.max(1, end - Date.now()), requestId: request.requestId, signal: request.signal },
  );
  return { sessionKey: await transport.key.unwrap(reply.jwe), certificateAlias: reply.certificateAlias };
}
