import { describeError } from '../errors/rcs-error.js';
import { withDeadline } from '../deadline.js';

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
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => ({ name, problem: await problemOf(name, check) })),
    );
    if (this.draining) results.push({ name: 'lifecycle', problem: 'draining' });
    return {
      ready: results.every(({ problem }) => problem === undefined),
      checks: Object.fromEntries(results.map(({ name, problem }) => [name, problem ?? 'ok'])),
    };
  }
}

async function problemOf(name: string, check: ReadinessCheck): Promise<string | undefined> {
  try {
    await withDeadline(Promise.resolve(check()), checkTimeoutMs, `readiness check ${name}`);
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}
