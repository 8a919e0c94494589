import { describeError } from '../errors/rcs-error.js';
import { withDeadline } from '../deadline/deadline.js';

/** Says whether a part of the service can do its work; throws or rejects with the reason when it cannot. */
export type ReadinessCheck = () => Promise<void> | void;

export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

const checkTimeoutMs = 2000;

/** Ready means: can serve now. A lost HSM or Redis makes a service not ready, never not alive. */
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private draining = false;

  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** From now on not ready, so that load balancers stop sending work. */
  drain(): void {
    this.draining = true;
  }

  async report(): Promise<ReadinessReport> {
    const entries = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await run(name, check)] as const),
    );
    if (this.draining) entries.push(['lifecycle', 'draining']);
    return { ready: entries.every(([, result]) => result === 'ok'), checks: Object.fromEntries(entries) };
  }
}

async function run(name: string, check: ReadinessCheck): Promise<string> {
  try {
    await withDeadline(Promise.resolve(check()), checkTimeoutMs, `readiness check ${name}`);
    return 'ok';
  } catch (error) {
    return describeError(error);
  }
}
