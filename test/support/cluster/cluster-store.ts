import { join } from 'node:path';
import { loadConfiguration, requireSections } from '#platform';
import { openStore, type Store } from '#store';

/**
 * Works on the store of a cluster of the quickstart, whatever its kind: that of its configuration and of the variables that
 * the cluster was started with.
 */
export async function withClusterStore<T>(
  dataDirectory: string,
  environment: Readonly<Record<string, string>>,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  // Variables of other sections complete what only the services are told.
  const ofStore = Object.fromEntries(
    Object.entries(environment).filter(([name]) => /^RCS_(STORE|CASSANDRA_CLUSTER)__/.test(name)),
  );
  const configuration = loadConfiguration(join(dataDirectory, 'application.yaml'), ofStore);
  const store = await openStore(requireSections(configuration, 'store'), { auditWriter: 'tests' });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
