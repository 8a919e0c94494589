import { KeyVaultClient } from '#key-vault-client';
import { loadInternalIdentity, requireSections } from '#platform';
import { readConfiguration } from '../configuration/read-configuration.js';

/**
 * The key vaults of the configuration, with the identity of the command line.
 * @param configurationFile of --config.
 * @throws ConfigurationError naming the option that is missing or wrong.
 */
export function openVaults(configurationFile: string | undefined): KeyVaultClient {
  const configuration = readConfiguration(configurationFile);
  const { decryptWorker, internalTls } = requireSections(configuration, 'internalTls', 'decryptWorker');
  return new KeyVaultClient(decryptWorker.vaultAddresses, { current: loadInternalIdentity(internalTls) });
}

/** Opens the vaults for one piece of work and closes them whatever comes of it. */
export async function withVaults<T>(
  configurationFile: string | undefined,
  work: (vaults: KeyVaultClient) => Promise<T>,
): Promise<T> {
  const vaults = openVaults(configurationFile);
  try {
    // What runs over all vaults has to know them all.
    await vaults.allEndpoints();
    return await work(vaults);
  } finally {
    vaults.close();
  }
}
