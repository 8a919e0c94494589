import { RcsError } from '#platform';
import type { KeyVaultEndpoint } from '../key-vault-endpoint.js';
import { KeyAgreement, TransportKey } from './transport-key.js';

/** A key that this process shares with one vault; the vault names it by its id. */
export interface AgreedTransport {
  readonly id: string;
  readonly key: TransportKey;
}

interface Agreement extends AgreedTransport {
  readonly expiresAt: number;
  /** The vault said that it does not know this key any more. */
  forgotten: boolean;
}

/** A new key is agreed a little before the vault forgets it, milliseconds. */
const longestRenewalMargin = 5000;

/** The transport keys of this process, one for each vault: agreed when first needed, and replaced before they expire. */
export class TransportAgreements {
  private readonly agreed = new Map<KeyVaultEndpoint, Promise<Agreement>>();

  /**
   * Runs work that needs a transport key of the vault; once more when the vault has forgotten it, as after a restart.
   * @param end when the caller gives up, by `performance.now()`.
   */
  async run<T>(vault: KeyVaultEndpoint, end: number, work: (transport: AgreedTransport) => Promise<T>): Promise<T> {
    const transport = await this.current(vault, end);
    try {
      return await work(transport);
    } catch (error) {
      if (!(error instanceof RcsError) || error.code !== 'RCS_TRANSPORT_KEY_UNKNOWN') throw error;
      // Requests that find out together agree once.
      transport.forgotten = true;
      return work(await this.current(vault, end));
    }
  }

  /** The present key for a vault. @throws RcsError of the vault */
  with(vault: KeyVaultEndpoint, timeoutMs: number): Promise<AgreedTransport> {
    return this.current(vault, performance.now() + timeoutMs);
  }

  private async current(vault: KeyVaultEndpoint, end: number): Promise<Agreement> {
    const pending = this.agreed.get(vault) ?? this.start(vault, end);
    const agreed = await pending;
    if (!agreed.forgotten && agreed.expiresAt > performance.now()) return agreed;
    if (this.agreed.get(vault) === pending) this.agreed.delete(vault);
    return this.current(vault, end);
  }

  private start(vault: KeyVaultEndpoint, end: number): Promise<Agreement> {
    const agreement = agree(vault, Math.max(1, end - performance.now()));
    this.agreed.set(vault, agreement);
    agreement.catch(() => {
      if (this.agreed.get(vault) === agreement) this.agreed.delete(vault);
    });
    return agreement;
  }
}

async function agree(vault: KeyVaultEndpoint, timeoutMs: number): Promise<Agreement> {
  const ours = await KeyAgreement.create();
  const reply = await vault.call('AgreeTransportKey', { workerPublicKey: ours.publicKey }, { timeoutMs });
  const secret = await ours.open(reply.jwe);
  try {
    const key = await TransportKey.fromSecret(secret);
    const margin = Math.min(longestRenewalMargin, reply.expiresInMs / 2);
    return {
      id: reply.transportKeyId,
      key,
      expiresAt: performance.now() + reply.expiresInMs - margin,
      forgotten: false,
    };
  } finally {
    secret.fill(0);
  }
}
