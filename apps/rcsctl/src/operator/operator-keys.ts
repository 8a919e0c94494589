import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { basename } from 'node:path';
import { randomUUID } from 'node:crypto';
import { envelopeDigest, GrantSigner, operatorGrants, type OperatorGrant } from '#grants';
import { KeyVaultClient, SessionKeyClient, zeroCandidates, type SessionKeyCandidates } from '#key-vault-client';
import { ConfigurationError, loadInternalIdentity, requireSections, type Configuration } from '#platform';

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
    const { internalTls, decryptWorker, rcsctl } = requireSections(configuration, 'internalTls', 'decryptWorker');
    if (rcsctl?.operator === undefined) {
      throw new ConfigurationError('option rcsctl.operator is missing: it names certificate and key of the operator');
    }
    const { certificateFile, keyFile } = rcsctl.operator;
    const signer = new GrantSigner(
      {
        current: {
          certificatePem: readOperatorFile('rcsctl.operator.certificateFile', certificateFile),
          keyPem: readOperatorFile('rcsctl.operator.keyFile', keyFile),
        },
      },
      operatorGrants,
    );
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

function readOperatorFile(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ConfigurationError(`option ${option}: cannot read ${path}: ${(error as Error).message}`);
  }
}
