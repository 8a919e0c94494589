import { RcsError, type ErrorCode, type InternalIdentity } from '#platform';
import { KeyVaultEndpoint } from './key-vault-endpoint.js';

/** Errors that another vault may not have; all others are answers. */
const passToAnotherVault: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RCS_VAULT_UNAVAILABLE',
  'RCS_TOKEN_UNAVAILABLE',
  'RCS_OVERLOADED',
  'RCS_SHUTTING_DOWN',
]);

/** All key vaults of the cluster: calls are spread over them and fail over within the caller's deadline. */
export class KeyVaultClient {
  readonly endpoints: readonly KeyVaultEndpoint[];
  private next = 0;

  constructor(addresses: readonly string[], identity: InternalIdentity) {
    this.endpoints = addresses.map(address => new KeyVaultEndpoint(address, identity));
  }

  /**
   * Runs `work` against one vault after the other until one answers.
   * `work` gets the milliseconds that are left; a vault that does not answer uses up its share only.
   * @throws RcsError of the last vault that was tried.
   */
  async anyVault<T>(timeoutMs: number, work: (vault: KeyVaultEndpoint, timeoutMs: number) => Promise<T>): Promise<T> {
    const end = Date.now() + timeoutMs;
    const first = this.next++;
    let failure = new RcsError('RCS_VAULT_UNAVAILABLE', 'no key vault is configured');
    for (let attempt = 0; attempt < this.endpoints.length; attempt++) {
      const vault = this.endpoints[(first + attempt) % this.endpoints.length];
      const left = end - Date.now();
      if (vault === undefined || left <= 0) break;
      const share = attempt + 1 === this.endpoints.length ? left : Math.ceil(left / 2);
      try {
        return await work(vault, share);
      } catch (error) {
        if (!(error instanceof RcsError) || !canPass(error)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  close(): void {
    this.endpoints.forEach(endpoint => endpoint.close());
  }
}

const canPass = (error: RcsError): boolean => passToAnotherVault.has(error.code) || error.code === 'RCS_TIMEOUT';
