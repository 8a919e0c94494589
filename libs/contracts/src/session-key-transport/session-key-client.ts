import type { KeyVaultClient } from '../key-vault/key-vault-client.js';
import type { KeyVaultEndpoint } from '../key-vault/key-vault-endpoint.js';
import { TransportAgreements, type AgreedTransport } from './transport-agreements.js';

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

/** Gets session keys from the vaults; they travel only under a transport key that this process alone shares. */
export class SessionKeyClient {
  private readonly agreements = new TransportAgreements();

  constructor(private readonly vaults: KeyVaultClient) {}

  /** @throws RcsError with the code of the vault's answer. */
  async unwrap(request: UnwrapRequest): Promise<UnwrappedSessionKey> {
    return this.vaults.anyVault(request.timeoutMs, (vault, timeoutMs) => {
      const end = Date.now() + timeoutMs;
      return this.agreements.run(vault, end, transport => unwrapAt(vault, transport, request, end));
    });
  }
}

async function unwrapAt(
  vault: KeyVaultEndpoint,
  transport: AgreedTransport,
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
