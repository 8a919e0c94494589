import { join } from 'node:path';
import type { clusterConfiguration } from './cluster-configuration.js';
import type { DataDirectory } from './data-directory.js';
import { userSecretName } from './demo-accounts.js';
import { operatorIdentity, type InternalAuthorityFiles } from './internal-authority.js';
import type { Ports } from './ports.js';

/** The demo's first user, who may hear everything. */
const listener = 'alice';

/**
 * What the commands of `rcsctl` need to know of this cluster: all that its services know, with the identity of the command
 * line, the gateway, an administrator, and the contact center that recordings are made for.
 */
export function commandLineConfiguration(
  cluster: ReturnType<typeof clusterConfiguration>,
  directory: DataDirectory,
  ports: Ports,
  authority: InternalAuthorityFiles,
  contactCenter: string,
) {
  const operator = operatorIdentity(authority);
  return {
    ...cluster,
    internalTls: { caFile: authority.caFile, ...authority.services.rcsctl },
    serverSettings: { ...cluster.serverSettings, defaultContactCenter: contactCenter },
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
}
