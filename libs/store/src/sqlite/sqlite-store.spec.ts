import { documents, type Store } from '../store.js';
import { auditLogContract } from '../testing/audit-log.contract.js';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';
import { writtenContracts } from '../testing/store-contract.js';
import { sqliteStore } from './sqlite-store.js';

describe(sqliteStore.name, () => {
  const directory = new SqliteTestDirectory();

  describe('documents', () => {
    let store: Store;
    beforeEach(async () => {
      store = await directory.open();
    });

    for (const { tests } of writtenContracts()) tests(() => store);

    it('have a contract each', () => {
      const held = writtenContracts().map(contract => contract.of);
      expect(held.sort()).toEqual(Object.keys(documents).sort());
    });
  });

  auditLogContract(async auditWriter => (await directory.open({ auditWriter })).audit);
});
