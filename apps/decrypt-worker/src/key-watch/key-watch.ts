import { setTimeout as delay } from 'node:timers/promises';
import type { KeyName } from '#contracts';
import type { KeyVaultEndpoint } from '#key-vault-client';
import { describeError, type Logger } from '#platform';

/** Longer than a vault lets its watchers wait. */
const callTimeoutMs = 28_000;
/** Between two calls: a vault that stops answers each of them at once. */
const pauseMs = 100;
const pauseAfterFailureMs = 1000;
/** How soon a vault that came to be is watched, and one that is gone no more. */
const lookAroundMs = 1000;

/**
 * Hears from every vault which keys are disabled, the moment it happens, and ends what they have opened here: whoever
 * disabled them, at whichever vault. Where a vault cannot be reached, what is open ends by its time-to-live.
 */
export class KeyWatch {
  private readonly ended = new AbortController();
  private readonly watched = new Map<KeyVaultEndpoint, AbortController>();

  constructor(
    private readonly vaults: { readonly endpoints: readonly KeyVaultEndpoint[] },
    /** Ends the sessions of a key and answers how many there were. */
    private readonly forget: (key: KeyName) => number,
    private readonly logger: Logger,
  ) {}

  start(): void {
    void this.lookAround();
  }

  stop(): void {
    this.ended.abort();
  }

  private async lookAround(): Promise<void> {
    while (!this.ended.signal.aborted) {
      const present = this.vaults.endpoints;
      for (const vault of present) {
        if (this.watched.has(vault)) continue;
        const gone = new AbortController();
        this.watched.set(vault, gone);
        void this.watch(vault, AbortSignal.any([this.ended.signal, gone.signal]));
      }
      for (const [vault, gone] of this.watched) {
        if (present.includes(vault)) continue;
        gone.abort();
        this.watched.delete(vault);
      }
      await pause(lookAroundMs, this.ended.signal);
    }
  }

  private async watch(vault: KeyVaultEndpoint, signal: AbortSignal): Promise<void> {
    let revision = '';
    while (!signal.aborted) {
      try {
        const reply = await vault.call('WatchDisabledKeys', { revision }, { timeoutMs: callTimeoutMs, signal });
        if (reply.revision !== revision) reply.keys.forEach(key => this.end(key, vault.address));
        revision = reply.revision;
        await pause(pauseMs, signal);
      } catch (error) {
        // Whether a vault can be reached is told where session keys are asked for.
        this.logger.debug({ vault: vault.address, error: describeError(error) }, 'a vault cannot be watched now');
        await pause(pauseAfterFailureMs, signal);
      }
    }
  }

  private end(key: KeyName, vault: string): void {
    const sessions = this.forget(key);
    if (sessions > 0) this.logger.info({ ...key, vault, sessions }, 'sessions of a disabled key were ended');
  }
}

/** Resolves early when the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
