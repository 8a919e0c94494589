import { setTimeout as sleep } from 'node:timers/promises';
import { RcsError, type Current, type ErrorCode, type InternalIdentity } from '#platform';
import { KeyVaultEndpoint } from './key-vault-endpoint.js';

/** Errors that another vault may not have; all others are answers. */
const passToAnotherVault: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RCS_VAULT_UNAVAILABLE',
  'RCS_TOKEN_UNAVAILABLE',
  'RCS_OVERLOADED',
  'RCS_SHUTTING_DOWN',
]);

/** Longer than the longest pause between two attempts to connect. */
const reconnectMs = 2000;
const pauseMs = 100;

/** All key vaults of the cluster: calls are spread over them and fail over within the caller's deadline. */
export class KeyVaultClient {
  readonly endpoints: readonly KeyVaultEndpoint[];
  private next = 0;

  constructor(addresses: readonly string[], identity: Current<InternalIdentity>) {
    this.endpoints = addresses.map(address => new KeyVaultEndpoint(address, identity));
  }

  /**
   * Runs `work` against one vault after the other until one answers. While none can be reached they are tried again for
   * a moment: after a restart a connection needs as long to come back.
   * `work` gets the milliseconds that are left; a vault that does not answer uses up its share only.
   * @throws RcsError of the last vault that was tried.
   */
  async anyVault<T>(timeoutMs: number, work: (vault: KeyVaultEndpoint, timeoutMs: number) => Promise<T>): Promise<T> {
    const started = performance.now();
    const end = started + timeoutMs;
    const first = this.next++;
    for (;;) {
      const failures: RcsError[] = [];
      const done = await this.round(first, end, work, failures);
      if (done !== undefined) return done.result;
      const again = Math.min(end, started + reconnectMs) > performance.now() && failures.every(isUnreached);
      const failure = failures.at(-1) ?? new RcsError('RCS_VAULT_UNAVAILABLE', 'no key vault is configured');
      if (!again || failures.length === 0) throw failure;
      await sleep(pauseMs);
    }
  }

  /** Asks every vault once; undefined when none answered, with their failures in `failures`. */
  private async round<T>(
    first: number,
    end: number,
    work: (vault: KeyVaultEndpoint, timeoutMs: number) => Promise<T>,
    failures: RcsError[],
  ): Promise<{ readonly result: T } | undefined> {
    for (let attempt = 0; attempt < this.endpoints.length; attempt++) {
      const vault = this.endpoints[(first + attempt) % this.endpoints.length];
      const left = end - performance.now();
      if (vault === undefined || left <= 0) break;
      const share = attempt + 1 === this.endpoints.length ? left : Math.ceil(left / 2);
      try {
        return { result: await work(vault, share) };
      } catch (error) {
        if (!(error instanceof RcsError) || !canPass(error)) throw error;
        failures.push(error);
      }
    }
    return undefined;
  }

  close(): void {
    this.endpoints.forEach(endpoint => endpoint.close());
  }
}

const canPass = (error: RcsError): boolean => passToAnotherVault.has(error.code) || error.code === 'RCS_TIMEOUT';
const isUnreached = (error: RcsError): boolean => error.code === 'RCS_VAULT_UNAVAILABLE';
