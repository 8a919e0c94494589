import { dirname, join } from 'node:path';
import type { DataDirectory } from './data-directory.js';
import type { Ports } from './ports.js';

/** One key vault of a cluster on one machine; several open the same token. */
export interface VaultReplica {
  /** Of the process and its log. */
  readonly name: string;
  /** Where it listens: host and port. */
  readonly address: string;
  readonly managementUrl: string;
  /** What differs from the first, which the configuration describes. */
  readonly environment: Readonly<Record<string, string>>;
}

export const vaultCounts = [1, 2] as const;
export type VaultCount = (typeof vaultCounts)[number];

/** The vaults of the cluster: `key-vault` and, where there are two, `key-vault-2`. */
export function vaultReplicas(count: VaultCount, ports: Ports, directory: DataDirectory): readonly VaultReplica[] {
  const first: VaultReplica = {
    name: 'key-vault',
    address: `localhost:${ports.vault}`,
    managementUrl: `http://127.0.0.1:${ports.vaultManagement}`,
    environment: {},
  };
  if (count === 1) return [first];
  const second: VaultReplica = {
    name: 'key-vault-2',
    address: `localhost:${ports.vault2}`,
    managementUrl: `http://127.0.0.1:${ports.vault2Management}`,
    environment: {
      RCS_KEY_VAULT__LISTEN__PORT: String(ports.vault2),
      RCS_KEY_VAULT__MANAGEMENT__PORT: String(ports.vault2Management),
      // Each keeps chains of its own.
      RCS_KEY_VAULT__KEY_USE_JOURNAL__FILE: join(dirname(directory.keyUseJournal), 'key-uses-2.jsonl'),
      RCS_KEY_VAULT__ALLOW_OPERATOR_UNWRAP__JOURNAL_FILE: `${directory.operatorJournal}.2`,
    },
  };
  return [first, second];
}

export const vaultAddresses = (replicas: readonly VaultReplica[]): string[] => replicas.map(({ address }) => address);
