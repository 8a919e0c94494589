import { setTimeout as sleep } from 'node:timers/promises';
import { RcsError, type Current, type ErrorCode, type InternalIdentity } from '#platform';
import { AvoidedVaults } from './avoided-vaults.js';
import type { KeyVaultEndpoint } from './key-vault-endpoint.js';
import type { LookUp } from './vault-addresses.js';
import { VaultDirectory } from './vault-directory.js';

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

/**
 * All key vaults of the cluster: calls are spread over them and fail over within the caller's deadline. One that hung or
 * lost its token is asked last for 30 seconds, then by one call.
 */
export class KeyVaultClient {
  private readonly directory: VaultDirectory;
  private readonly avoided = new AvoidedVaults();
  private next = 0;

  /** @param addresses host:port; a name with several addresses stands for a vault at each of them. */
  constructor(addresses: readonly string[], identity: Current<InternalIdentity>, lookUp?: LookUp) {
    this.directory = new VaultDirectory(addresses, identity, lookUp);
  }

  /** Every vault, as names were looked up last. */
  get endpoints(): readonly KeyVaultEndpoint[] {
    return this.directory.current;
  }

  /** Every vault, after the first look-up of the names. */
  async allEndpoints(): Promise<readonly KeyVaultEndpoint[]> {
    return this.directory.afterFirstLookUp();
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
    const turn = this.next++;
    for (;;) {
      const failures: RcsError[] = [];
      const vaults = this.avoided.order(await this.directory.afterFirstLookUp(), turn);
      const done = await this.round(vaults, end, work, failures);
      if (done !== undefined) return done.result;
      const again = Math.min(end, started + reconnectMs) > performance.now() && failures.every(isUnreached);
      const failure = failures.at(-1) ?? new RcsError('RCS_VAULT_UNAVAILABLE', 'no key vault is configured');
      if (!again || failures.length === 0) throw failure;
      await sleep(pauseMs);
    }
  }

  /** Asks every vault once; undefined when none answered, with their failures in `failures`. */
  private async round<T>(
    vaults: readonly KeyVaultEndpoint[],
    end: number,
    work: (vault: KeyVaultEndpoint, timeoutMs: number) => Promise<T>,
    failures: RcsError[],
  ): Promise<{ readonly result: T } | undefined> {
    for (const [attempt, vault] of vaults.entries()) {
      const started = performance.now();
      const left = end - started;
      if (left <= 0) break;
      const share = attempt + 1 === vaults.length ? left : Math.ceil(left / 2);
      try {
        const result = await work(vault, share);
        this.avoided.answered(vault);
        return { result };
      } catch (error) {
        if (!(error instanceof RcsError)) throw error;
        if (!canPass(error)) {
          this.avoided.answered(vault);
          throw error;
        }
        this.avoided.failed(vault, error, performance.now() - started, share);
        failures.push(error);
      }
    }
    return undefined;
  }

  close(): void {
    this.directory.close();
  }
}

const canPass = (error: RcsError): boolean => passToAnotherVault.has(error.code) || error.code === 'RCS_TIMEOUT';
const isUnreached = (error: RcsError): boolean => error.code === 'RCS_VAULT_UNAVAILABLE';
