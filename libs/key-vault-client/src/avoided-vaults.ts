import type { RcsError } from '#platform';
import type { KeyVaultEndpoint } from './key-vault-endpoint.js';

/** How long a vault that hung or lost its token is asked after all others, milliseconds. */
const avoidedMs = 30_000;
/** One that refuses connections or stops: trying it costs next to nothing, and it may be back at once. */
const brieflyMs = 1000;
/** Failures that took shorter are no sign of a vault that hangs. */
const slowMs = 500;

/** Which vaults are asked last for a while, because asking them cost a call its time or failed it. */
export class AvoidedVaults {
  private readonly until = new WeakMap<KeyVaultEndpoint, number>();

  /**
   * All vaults in the order in which a call asks them: from the one whose turn it is, those that are avoided last. Where
   * the time of the first is up this call alone tries it; others go on to avoid it until it has answered.
   */
  order(vaults: readonly KeyVaultEndpoint[], turn: number): readonly KeyVaultEndpoint[] {
    const now = performance.now();
    const start = vaults.length === 0 ? 0 : turn % vaults.length;
    const rotated = [...vaults.slice(start), ...vaults.slice(0, start)];
    const isAvoided = (vault: KeyVaultEndpoint): boolean => (this.until.get(vault) ?? 0) > now;
    const ordered = [...rotated.filter(vault => !isAvoided(vault)), ...rotated.filter(isAvoided)];
    const [first] = ordered;
    if (first !== undefined && this.until.has(first)) this.until.set(first, now + avoidedMs);
    return ordered;
  }

  answered(vault: KeyVaultEndpoint): void {
    this.until.delete(vault);
  }

  /** @param tookMs how long the vault took to fail, of `allowedMs` that it had. */
  failed(vault: KeyVaultEndpoint, { code }: RcsError, tookMs: number, allowedMs: number): void {
    const isSlow = tookMs >= slowMs && (code === 'RCS_VAULT_UNAVAILABLE' || tookMs >= 0.9 * allowedMs);
    if (isSlow || code === 'RCS_TOKEN_UNAVAILABLE') this.until.set(vault, performance.now() + avoidedMs);
    else if (code === 'RCS_VAULT_UNAVAILABLE' || code === 'RCS_SHUTTING_DOWN') {
      this.until.set(vault, performance.now() + brieflyMs);
    } else this.until.delete(vault);
  }
}
