import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { DataDirectory } from './data-directory.js';
import { userSecretName } from './demo-accounts.js';
import type { IdentityFiles, InternalAuthorityFiles } from './internal-authority.js';
import type { Ports } from './ports.js';
import { vaultAddresses, type VaultReplica } from './vault-replicas.js';

/** The demo's first user: she hears everything. */
const listener = 'alice';

/** The operator of the cluster; a data directory of an older version has none, and nobody can add one. */
export function operatorIdentity({ services }: InternalAuthorityFiles): IdentityFiles | undefined {
  return existsSync(services.operator.certificateFile) ? services.operator : undefined;
}

/** Writes what `rcsctl decrypt`, `rcsctl verify` and `rcsctl import-key` need to know of this cluster. */
export function writeCommandLineConfiguration(
  directory: DataDirectory,
  ports: Ports,
  authority: InternalAuthorityFiles,
  vaults: readonly VaultReplica[],
): void {
  const operator = operatorIdentity(authority);
  const configuration = {
    internalTls: { caFile: authority.caFile, ...authority.services.rcsctl },
    decryptWorker: { vaultAddresses: vaultAddresses(vaults) },
    rcsctl: {
      ...(operator === undefined ? {} : { operator }),
      gateway: {
        url: `https://127.0.0.1:${ports.gateway}`,
        caFile: authority.caFile,
        userName: listener,
        password: { file: join(directory.secrets, userSecretName(listener)) },
      },
    },
  };
  writeFileSync(directory.commandLineConfigurationFile, stringify(configuration), { mode: 0o600 });
}
