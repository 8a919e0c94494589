import { hashPassword } from '#accounts';
import { withClusterStore } from './cluster-store.js';

export interface OperationsAccount {
  readonly name: string;
  readonly password: string;
}

const account = { name: 'operations', password: 'a long password of operations 1' };

/**
 * An operations account that holds, and so may give, everything; the quickstart has none.
 * @param environment the variables that the cluster was started with
 */
export async function addOperationsAccount(
  dataDirectory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<OperationsAccount> {
  const passwordHash = await hashPassword(account.password);
  await withClusterStore(dataDirectory, environment, ({ users }) =>
    users.put({
      name: account.name,
      passwordHash,
      enabled: true,
      roles: ['admin', 'ops'],
      privileges: ['administer-certificates', 'administer-local-key-manager', 'decrypt-recording'],
      accessGroups: [],
      partitions: [],
    }),
  );
  return account;
}
