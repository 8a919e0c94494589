import { userInfo } from 'node:os';
import { operator, type AccountAdministrator } from '#accounts';
import { requireSections } from '#platform';
import { openStore, type Store } from '#store';
import { readConfiguration } from '../configuration/read-configuration.js';

export interface AdministeredStore {
  readonly store: Store;
  /** The account on this machine, for the audit. Whoever may write the store is beyond the roles in it. */
  readonly administrator: AccountAdministrator;
  /** Name of the account of the configuration. */
  readonly opsUsername: string;
}

/** Opens the store of a configuration for one piece of work. */
export async function withAdministeredStore(
  configurationFile: string | undefined,
  work: (given: AdministeredStore) => Promise<void>,
): Promise<void> {
  const configuration = requireSections(readConfiguration(configurationFile), 'store');
  const store = await openStore(configuration, { auditWriter: 'rcsctl' });
  try {
    const { opsUsername } = configuration.serverSettings;
    await work({ store, administrator: operator(`rcsctl:${userInfo().username}`), opsUsername });
  } finally {
    await store.close();
  }
}
