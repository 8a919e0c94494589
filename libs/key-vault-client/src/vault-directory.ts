import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline, type Current, type InternalIdentity } from '#platform';
import { KeyVaultEndpoint } from './key-vault-endpoint.js';
import { behind, hostOf, isNamed, lookUpAll, type LookUp, type VaultAddress } from './vault-addresses.js';

/** Names are looked up again when they are used this long after the last time, milliseconds. */
const refreshMs = 5000;
/** What the first call waits for the first look-up at most. */
const firstLookUpMs = 1000;
const lookUpTimeoutMs = 10_000;

/** The vaults that the configured addresses stand for now. */
export class VaultDirectory {
  private known: ReadonlyMap<string, KeyVaultEndpoint>;
  private readonly found = new Map<string, readonly VaultAddress[]>();
  private readonly names: readonly string[];
  private lookedUpAt = -Infinity;
  private running: Promise<void> | undefined;
  private first: Promise<unknown> | undefined;
  private closed = false;

  constructor(
    private readonly addresses: readonly string[],
    private readonly identity: Current<InternalIdentity>,
    private readonly lookUp: LookUp = lookUpAll,
  ) {
    this.names = [...new Set(addresses.filter(isNamed))];
    this.known = this.endpointsOf(new Map());
  }

  /** As the last look-up says; one that is due begins, and its answer is for later calls. */
  get current(): readonly KeyVaultEndpoint[] {
    const isDue = performance.now() - this.lookedUpAt >= refreshMs;
    if (this.names.length > 0 && isDue && this.running === undefined && !this.closed) {
      this.lookedUpAt = performance.now();
      this.running = this.refresh().finally(() => (this.running = undefined));
    }
    return [...this.known.values()];
  }

  /** The same, after the first look-up has answered or a second has passed. */
  async afterFirstLookUp(): Promise<readonly KeyVaultEndpoint[]> {
    const present = this.current;
    this.first ??= Promise.race([this.running, sleep(firstLookUpMs, undefined, { ref: false })]);
    await this.first;
    return this.names.length === 0 ? present : this.current;
  }

  close(): void {
    this.closed = true;
    this.known.forEach(endpoint => endpoint.close());
  }

  private async refresh(): Promise<void> {
    await Promise.all(this.names.map(name => this.lookUpOne(name)));
    if (this.closed) return;
    const former = this.known;
    this.known = this.endpointsOf(former);
    for (const [key, endpoint] of former) if (!this.known.has(key)) endpoint.closeAfterCalls();
  }

  /** A name that cannot be looked up keeps what it was; whether anybody is there, the calls find out. */
  private async lookUpOne(address: string): Promise<void> {
    try {
      const found = await withDeadline(this.lookUp(hostOf(address)), lookUpTimeoutMs, 'looking up a key vault');
      if (found.length > 0) this.found.set(address, behind(address, found));
    } catch {
      return;
    }
  }

  private endpointsOf(former: ReadonlyMap<string, KeyVaultEndpoint>): ReadonlyMap<string, KeyVaultEndpoint> {
    const vaults = this.addresses.flatMap(
      address => this.found.get(address) ?? [{ address, serverName: hostOf(address) }],
    );
    return new Map(
      vaults.map(({ address, serverName }) => {
        const key = `${serverName} ${address}`;
        return [key, former.get(key) ?? new KeyVaultEndpoint(address, this.identity, serverName)];
      }),
    );
  }
}
