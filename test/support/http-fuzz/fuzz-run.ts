import type { Random } from '../../../libs/cms/src/testing/fuzz/mutations.js';
import { brokenRequest, cutRequest, pipelined, type Sending } from './broken-requests.js';
import type { DescribedRoute } from './described-routes.js';
import type { FuzzConnections } from './fuzz-connection.js';
import type { RequestMaker } from './made-requests.js';

export interface FuzzBounds {
  readonly requests: number;
  readonly seconds: number;
  readonly connections: number;
}

export interface FuzzReport {
  /** All that were sent so far, and the time it took. */
  readonly requests: number;
  readonly seconds: number;
  readonly byStatus: Readonly<Record<number, number>>;
  readonly byKind: Readonly<Record<string, number>>;
  /** How often each route was asked for. */
  readonly byRoute: ReadonlyMap<string, number>;
  /** What must not happen, with the bytes that did it. */
  readonly findings: readonly string[];
}

/** An unknown method, overload, a part that is away, and time that is over are answers; whatever else is 5xx is a fault. */
const allowedFailures: ReadonlySet<number> = new Set([501, 503, 504]);

/** Sends to all routes in turn, in every way, until the number or the time is reached. */
export class FuzzRun {
  private readonly byStatus: Record<number, number> = {};
  private readonly byKind: Record<string, number> = {};
  private readonly byRoute = new Map<string, number>();
  private readonly findings: string[] = [];
  private requests = 0;
  private seconds = 0;
  private turn: number;
  private cutAt: number;

  constructor(
    private readonly routes: readonly DescribedRoute[],
    private readonly maker: RequestMaker,
    private readonly connections: FuzzConnections,
    private readonly random: Random,
  ) {
    this.turn = random(routes.length);
    this.cutAt = random(2000);
  }

  /** @param watch looks whether all is well, after every few hundred requests; what it answers is a finding. */
  async run(bounds: FuzzBounds, watch: () => string | undefined = () => undefined): Promise<FuzzReport> {
    const began = performance.now();
    const first = this.requests;
    const isOver = (): boolean =>
      this.requests - first >= bounds.requests ||
      performance.now() - began >= bounds.seconds * 1000 ||
      this.findings.length >= 20;
    const sender = async (): Promise<void> => {
      for (let sent = 0; !isOver(); sent++) {
        await this.send(this.next());
        const trouble = sent % 20 === 19 ? watch() : undefined;
        if (trouble !== undefined && !this.findings.includes(trouble)) this.findings.push(trouble);
      }
    };
    await Promise.all(Array.from({ length: bounds.connections }, sender));
    this.seconds += (performance.now() - began) / 1000;
    const { requests, seconds, byStatus, byKind, byRoute, findings } = this;
    return { requests, seconds, byStatus, byKind, byRoute, findings };
  }

  private next(): Sending {
    if (this.random(4) === 0) return cutRequest(this.request(), this.cutAt++);
    if (this.random(3) === 0) return pipelined(Array.from({ length: 2 + this.random(8) }, () => this.request()));
    return brokenRequest(this.request(), this.random);
  }

  private request() {
    const route = this.routes[this.turn++ % this.routes.length]!;
    const name = `${route.method} ${route.url}`;
    this.byRoute.set(name, (this.byRoute.get(name) ?? 0) + 1);
    return this.maker.make(route);
  }

  private async send(sending: Sending): Promise<void> {
    const { statuses, unanswered } = await this.connections.exchange(sending);
    this.requests += Math.max(1, sending.requests);
    this.byKind[sending.kind] = (this.byKind[sending.kind] ?? 0) + Math.max(1, sending.requests);
    for (const status of statuses) this.byStatus[status] = (this.byStatus[status] ?? 0) + 1;
    if (unanswered) this.find('neither answered nor closed', sending);
    for (const status of statuses) {
      if (status >= 500 && !allowedFailures.has(status)) this.find(`answered ${status}`, sending);
    }
  }

  private find(what: string, { kind, bytes }: Sending): void {
    this.findings.push(`${what} (${kind}): ${JSON.stringify(bytes.toString('latin1').slice(0, 1500))}`);
  }
}
