import type { Store } from '#store';
import {
  openPostgresqlStore,
  type PostgresqlStoreOptions,
} from '../../../libs/store/src/postgresql/open-postgresql-store.js';
import { PostgresqlServer, superuser } from './postgresql-server.js';

/** A server for a file of tests, an empty database for each test, and the stores opened in it. */
export class PostgresqlTestDatabase {
  private running: PostgresqlServer | undefined;
  private stores: Store[] = [];
  private number = 0;

  constructor() {
    beforeAll(async () => {
      this.running = await PostgresqlServer.start();
      // Durability is tested elsewhere.
      this.running.configure(['fsync = off', 'full_page_writes = off']);
      await this.running.halt();
      await this.running.run();
      await this.running.execute('CREATE DATABASE empty_store');
      await (await openPostgresqlStore(this.options({ database: 'empty_store' }))).close();
    });
    beforeEach(async () => {
      this.number += 1;
      await this.server.execute(`CREATE DATABASE ${this.name} TEMPLATE empty_store`);
    });
    afterEach(async () => {
      await Promise.all(this.stores.map(store => store.close()));
      this.stores = [];
    });
    afterAll(() => this.running?.stop());
  }

  get server(): PostgresqlServer {
    if (this.running === undefined) throw new Error('the server runs from the first test on');
    return this.running;
  }

  get name(): string {
    return `store_${this.number}`;
  }

  options(changed: Partial<PostgresqlStoreOptions> = {}): PostgresqlStoreOptions {
    return {
      hosts: [{ host: '127.0.0.1', port: this.server.port }],
      database: this.name,
      ...superuser,
      connectTimeoutMs: 20_000,
      deadlineMs: 60_000,
      maxConnections: 5,
      applicationName: 'tests',
      auditWriter: 'gateway-1',
      ...changed,
    };
  }

  async open(changed: Partial<PostgresqlStoreOptions> = {}): Promise<Store> {
    const store = await openPostgresqlStore(this.options(changed));
    this.stores.push(store);
    return store;
  }
}
