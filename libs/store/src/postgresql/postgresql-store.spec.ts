import type { Store } from '../store.js';
import { auditLogContract } from '../testing/audit-log.contract.js';
import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';
import { leavesInPieces } from '../testing/leaves-in-pieces.js';
import { writtenContracts } from '../testing/store-contract.js';
import { openPostgresqlStore } from './open-postgresql-store.js';

describe(openPostgresqlStore.name, () => {
  const database = new PostgresqlTestDatabase();

  describe('documents', () => {
    let store: Store;
    beforeEach(async () => {
      store = await database.open();
    });

    for (const { tests } of writtenContracts()) tests(() => store);
    leavesInPieces(() => store);
  });

  auditLogContract(async auditWriter => (await database.open({ auditWriter })).audit);
});
