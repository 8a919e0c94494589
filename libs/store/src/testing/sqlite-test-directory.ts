import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type SqliteStoreOptions } from '../sqlite/open-sqlite-store.js';
import type { Store } from '../store.js';

/** An empty directory for each test of a file, and the stores opened in it; all of it is gone after the test. */
export class SqliteTestDirectory {
  private current = '';
  private stores: Store[] = [];

  constructor() {
    beforeEach(() => {
      this.current = mkdtempSync(join(tmpdir(), 'rcs-store-'));
    });
    afterEach(async () => {
      await Promise.all(this.stores.map(store => store.close()));
      this.stores = [];
      rmSync(this.current, { recursive: true, force: true });
    });
  }

  get path(): string {
    return this.current;
  }

  async open(options: Partial<SqliteStoreOptions> = {}): Promise<Store> {
    const store = await openSqliteStore({ directory: this.path, auditWriter: 'gateway-1', ...options });
    this.stores.push(store);
    return store;
  }
}
