import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '#store';
import { startCluster, type ReadyLine, type RunningCluster } from '#test/cluster/running-cluster.js';
import { workDirectory } from '#test/cluster/work-directory.js';
import { managementPage } from '#test/cluster/management-page.js';
import { Caller, Door } from './caller.js';
import { PropertyContactCenter } from './contact-center.js';
import { StoredFiles } from './stored-files.js';

export const repository = join(__dirname, '../../..');

/** The background looks at stored files as fast as it can: nobody listens meanwhile. */
export const fastIndex = {
  RCS_MEDIA_INDEX: '{"inspectionsPerSecond":1000,"bytesPerSecond":1000000000}',
};

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

  private constructor(
    private readonly cluster: RunningCluster,
    readonly work: string,
  ) {
    const { gateway, caFile, ops, operations, webdav } = cluster.ready;
    this.door = new Door(gateway, readFileSync(caFile, 'utf8'));
    this.ops = new Caller(operations.name, this.door, operations.password);
    this.recorder = new Caller(ops.name, this.door, ops.password);
    this.nobody = new Caller('nobody', this.door, undefined);
    this.files = new StoredFiles(webdav);
  }

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<PropertyCluster> {
    const work = workDirectory('rcs-property-');
    try {
      const cluster = await startCluster(repository, join(work, 'data'), {
        // Everybody comes from one address here, and many are refused.
        RCS_SERVER_SETTINGS__LOGIN_THROTTLING: '{"failuresPerUser":10000,"failuresPerAddress":100000}',
        ...environment,
      });
      return new PropertyCluster(cluster, work);
    } catch (error) {
      rmSync(work, { recursive: true, force: true });
      throw error;
    }
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
    const store = await openSqliteStore({ directory: join(this.ready.dataDir, 'store'), auditWriter: 'properties' });
    try {
      for (const id of ids) await store.contactCenters.put({ id, name: name(id) });
    } finally {
      await store.close();
    }
    return ids.map(id => new PropertyContactCenter(id, this));
  }

  async stop(): Promise<void> {
    await Promise.all([this.door.close(), this.files.close()]);
    await this.cluster.stop();
    rmSync(this.work, { recursive: true, force: true });
  }
}
