import type { Logger } from '#platform';
import type { ContactCenterStore } from '#store';

interface ConfiguredStorage {
  readonly url: string;
  readonly contactCenters?: readonly unknown[] | undefined;
}

/** Contact centers are separate, and a storage without owners is shared by all of them: that is said at every start. */
export async function warnOfSharedStorages(
  storages: readonly ConfiguredStorage[],
  contactCenters: ContactCenterStore,
  logger: Logger,
): Promise<void> {
  const shared = storages.filter(({ contactCenters: owners }) => owners === undefined).map(({ url }) => url);
  const { length } = await contactCenters.list();
  if (shared.length === 0 || length < 2) return;
  logger.warn(
    { storages: shared, contactCenters: length },
    'contact centers share storages: name the owners of each under mediaStorages.contactCenters',
  );
}
