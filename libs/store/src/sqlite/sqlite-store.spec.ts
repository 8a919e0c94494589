import { auditLogContract } from '../testing/audit-log.contract.js';
import { certificateStoreContract } from '../testing/certificate-store.contract.js';
import { contactCenterStoreContract } from '../testing/contact-center-store.contract.js';
import { localKeyManagerStoreContract } from '../testing/local-key-manager-store.contract.js';
import { mediaIndexStoreContract } from '../testing/media-index-store.contract.js';
import { recordingStoreContract } from '../testing/recording-store.contract.js';
import { rewrapStoreContract } from '../testing/rewrap-store.contract.js';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';
import { userStoreContract } from '../testing/user-store.contract.js';
import type { Store } from '../store.js';
import { SqliteStore } from './sqlite-store.js';

describe(SqliteStore.name, () => {
  const directory = new SqliteTestDirectory();

  describe('documents', () => {
    let store: Store;
    beforeEach(async () => {
      store = await directory.open();
    });

    recordingStoreContract(() => store.recordings);
    mediaIndexStoreContract(() => store);
    userStoreContract(() => store.users);
    contactCenterStoreContract(() => store.contactCenters);
    certificateStoreContract(() => store);
    rewrapStoreContract(() => store);
    localKeyManagerStoreContract(() => store);
  });

  auditLogContract(async auditWriter => (await directory.open({ auditWriter })).audit);
});
