import { once } from 'node:events';
import { hostname, userInfo } from 'node:os';
import { basename } from 'node:path';
import { randomUUID } from 'node:crypto';
import { envelopeDigest, operatorGrants, type GrantSigner, type OperatorGrant } from '#grants';
import { KeyVaultClient, SessionKeyClient, zeroCandidates, type SessionKeyCandidates } from '#key-vault-client';
import { loadInternalIdentity, requireSections, type Configuration } from '#platform';
import { operatorSigner } from './operator-signer.js';

const timeoutMs = 30_000;

export interface OperatorRequest {
  readonly file: string;
  readonly purpose: OperatorGrant['purpose'];
  /** Keys, by their identifiers, that did not open the content. */
  readonly tried: readonly string[];
  readonly signal: AbortSignal;
}

/** Session keys from the vault, for an operator who signs for each of them. */
export class OperatorKeys {
  private constructor(
    private readonly vaults: KeyVaultClient,
    private readonly keys: SessionKeyClient,
    private readonly signer: GrantSigner<OperatorGrant>,
  ) {}

  /** @throws ConfigurationError naming the option that is missing or the file that cannot be read. */
  static open(configuration: Configuration): OperatorKeys {
    const { internalTls, decryptWorker } = requireSections(configuration, 'internalTls', 'decryptWorker');
    const signer = operatorSigner(configuration, operatorGrants);
    const vaults = new KeyVaultClient(decryptWorker.vaultAddresses, { current: loadInternalIdentity(internalTls) });
    return new OperatorKeys(vaults, new SessionKeyClient(vaults), signer);
  }

  /** What the keys that an envelope names make of it; the caller overwrites them. @throws RcsError of the vault. */
  async unwrap(envelope: Buffer, { file, purpose, tried, signal }: OperatorRequest): Promise<SessionKeyCandidates> {
    const grant = this.signer.sign({
      sub: `${userInfo().username}@${hostname()}`,
      purpose,
      file: basename(file).slice(0, 1024),
      envelopeDigest: envelopeDigest(envelope),
    });
    const unwrapping = this.keys.unwrap({ grant, envelope, tried, requestId: randomUUID(), timeoutMs, signal });
    return untilAborted(unwrapping, signal);
  }

  close(): void {
    this.vaults.close();
  }
}

/** Does not wait for the vault when the operator has gone; what still comes is forgotten. */
async function untilAborted(
  unwrapping: Promise<SessionKeyCandidates>,
  signal: AbortSignal,
): Promise<SessionKeyCandidates> {
  const aborted = new AbortController();
  const gone = once(signal, 'abort', { signal: aborted.signal }).then(() => signal.throwIfAborted());
  gone.catch(() => undefined);
  try {
    signal.throwIfAborted();
    await Promise.race([unwrapping, gone]);
    return await unwrapping;
  } catch (error) {
    unwrapping.then(zeroCandidates, () => undefined);
    throw error;
  } finally {
    aborted.abort();
  }
}
