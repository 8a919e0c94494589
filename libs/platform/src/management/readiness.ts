import { describeError } from '../errors/rcs-error.js';
import { withDeadline } from '../deadline.js';

/** Says whether a part of the service can do its work; throws or rejects with the reason when it cannot. */
export type ReadinessCheck = () => Promise<void> | void;

export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

const checkTimeoutMs = 2000;

interface KnownCheck {
  readonly check: ReadinessCheck;
  /** It decides until everything was well once, and afterwards only says that the service is degraded. */
  readonly onlyToStart: boolean;
}

/** Ready means: can serve now. A lost HSM makes a vault not ready, never not alive. */
export class Readiness {
  private readonly checks = new Map<string, KnownCheck>();
  private draining = false;
  private started = false;

  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, { check, onlyToStart: false });
  }

  /**
   * What a service needs before it is of use, and can do its work without for a while: all instances lose it at the same
   * moment, and a load balancer that left them all alone would end what goes on. Reported as `degraded: reason`.
   */
  addForStart(name: string, check: ReadinessCheck): void {
    this.checks.set(name, { check, onlyToStart: true });
  }

  /** From now on not ready, so that load balancers stop sending work. */
  drain(): void {
    this.draining = true;
  }

  async report(): Promise<ReadinessReport> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, { check, onlyToStart }]) => {
        const problem = await problemOf(name, check);
        return { name, problem, decides: !(onlyToStart && this.started) };
      }),
    );
    if (results.every(({ problem }) => problem === undefined)) this.started = true;
    if (this.draining) results.push({ name: 'lifecycle', problem: 'draining', decides: true });
    return {
      ready: results.every(({ problem, decides }) => problem === undefined || !decides),
      checks: Object.fromEntries(results.map(result => [result.name, stateOf(result)])),
    };
  }
}

function stateOf({ problem, decides }: { readonly problem: string | undefined; readonly decides: boolean }): string {
  if (problem === undefined) return 'ok';
  return decides ? problem : `degraded: ${problem}`;
}

async function problemOf(name: string, check: ReadinessCheck): Promise<string | undefined> {
  try {
    await withDeadline(Promise.resolve(check()), checkTimeoutMs, `readiness check ${name}`);
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}
