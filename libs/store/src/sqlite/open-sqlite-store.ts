import type { Store } from '../store.js';

export interface SqliteStoreOptions {
  /** Where the database files lie; made with mode 0700 when it is not there. */
  readonly directory: string;
  /** The writer this process is in the audit log: unique in the cluster and the same after a restart. */
  readonly auditWriter: string;
}

/** @throws Error naming the file when it cannot be opened or was written by a newer version of this product. */
export function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  return Promise.reject(new Error(`the store in ${options.directory} cannot be opened yet`));
}
