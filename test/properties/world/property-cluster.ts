import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withClusterStore } from '#test/cluster/cluster-store.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { startCluster, type ReadyLine, type RunningCluster } from '#test/cluster/running-cluster.js';
import { rcsctl, type CommandResult } from '#test/cluster/rcsctl.js';
import { workDirectory } from '#test/cluster/work-directory.js';
import { managementPage } from '#test/cluster/management-page.js';
import { Caller, Door } from './caller.js';
import { PropertyContactCenter } from './contact-center.js';
import { ServiceLogs } from './service-logs.js';
import { StoredFiles } from './stored-files.js';

export const repository = join(__dirname, '../../..');

/** The background looks at stored files as fast as it can: nobody listens meanwhile. */
export const fastIndex = {
  RCS_MEDIA_INDEX: '{"inspectionsPerSecond":1000,"bytesPerSecond":1000000000}',
};

/** Everybody comes from one address here, and many are refused. */
const patience = { RCS_SERVER_SETTINGS__LOGIN_THROTTLING: '{"failuresPerUser":10000,"failuresPerAddress":100000}' };

export interface Route {
  readonly method: string;
  readonly url: string;
}

/** A whole server of the quickstart, with contact centers beside the demo's. */
export class PropertyCluster {
  readonly door: Door;
  readonly ops: Caller;
  readonly recorder: Caller;
  readonly nobody: Caller;
  readonly files: StoredFiles;
  readonly logs: ServiceLogs;

  private constructor(
    private readonly cluster: RunningCluster,
    readonly work: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly second?: SecondGateway,
  ) {
    const { gateway, caFile, ops, operations, webdav } = cluster.ready;
    const others = second === undefined ? [] : [second.url];
    this.door = new Door([gateway, ...others], readFileSync(caFile, 'utf8'));
    this.ops = new Caller(operations.name, this.door, operations.password);
    this.recorder = new Caller(ops.name, this.door, ops.password);
    this.nobody = new Caller('nobody', this.door, undefined);
    this.files = new StoredFiles(webdav);
    this.logs = new ServiceLogs(cluster.ready.dataDir);
  }

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<PropertyCluster> {
    const given = { ...patience, ...environment };
    return within(async work => {
      const cluster = await startCluster(repository, join(work, 'data'), given);
      return new PropertyCluster(cluster, work, given);
    });
  }

  /** Two gateways that share the store of this environment, which is no file, and Redis. */
  static async startWithTwoGateways(environment: Readonly<Record<string, string>>): Promise<PropertyCluster> {
    const given = { ...patience, ...environment };
    return within(async work => {
      const own = (gateway: string) => ({ ...given, RCS_AUDIT__CHECKPOINT_FILE: join(work, `${gateway}.jsonl`) });
      const cluster = await startCluster(repository, join(work, 'data'), own('first'));
      try {
        const second = await startSecondGateway(repository, cluster.ready, own('second'));
        return new PropertyCluster(cluster, work, given, second);
      } catch (error) {
        await cluster.stop();
        throw error;
      }
    });
  }

  /** Their names, as logs have them: gateways beside that of the quickstart. */
  get otherGateways(): readonly string[] {
    return this.second === undefined ? [] : ['second-gateway'];
  }

  /** Base URLs of the management ports of all gateways. */
  get gateways(): readonly string[] {
    return [this.ready.management.gateway, ...(this.second === undefined ? [] : [this.second.management])];
  }

  get ready(): ReadyLine {
    return this.cluster.ready;
  }

  /** What the router of the running gateway knows. HEAD comes with every GET and is no route of its own. */
  async routes(): Promise<Route[]> {
    const answer = await managementPage(this.ready.management.gateway, '/routes');
    const { routes } = (await answer.json()) as { routes: Route[] };
    const gets = new Set(routes.filter(({ method }) => method === 'GET').map(({ url }) => url));
    return routes.filter(({ method, url }) => method !== 'HEAD' || !gets.has(url));
  }

  async addContactCenters(ids: readonly string[], name: (id: string) => string): Promise<PropertyContactCenter[]> {
    await withClusterStore(this.ready.dataDir, this.environment, async store => {
      for (const id of ids) await store.contactCenters.put({ id, name: name(id) });
    });
    return ids.map(id => new PropertyContactCenter(id, this));
  }

  /** `rcsctl` of this server's store. */
  rcsctl(parameters: readonly string[]): Promise<CommandResult> {
    const ofStore = Object.entries(this.environment).filter(([name]) => name.startsWith('RCS_STORE__'));
    return rcsctl(repository, this.ready.dataDir, parameters, Object.fromEntries(ofStore));
  }

  async stop(): Promise<void> {
    await Promise.all([this.door.close(), this.files.close()]);
    await this.second?.stop();
    await this.cluster.stop();
    rmSync(this.work, { recursive: true, force: true });
  }
}

/** A directory for a server, which goes again where it does not start. */
async function within(start: (work: string) => Promise<PropertyCluster>): Promise<PropertyCluster> {
  const work = workDirectory('rcs-property-');
  try {
    return await start(work);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw error;
  }
}
