import { join } from 'node:path';
import { hashPassword } from '#accounts';
import { openSqliteStore } from '#store';

export interface OperationsAccount {
  readonly name: string;
  readonly password: string;
}

const account = { name: 'operations', password: 'a long password of operations 1' };

/** An operations account that holds, and so may give, everything; the quickstart has none. */
export async function addOperationsAccount(dataDirectory: string): Promise<OperationsAccount> {
  const store = await openSqliteStore({ directory: join(dataDirectory, 'store'), auditWriter: 'tests' });
  try {
    await store.users.put({
      name: account.name,
      passwordHash: await hashPassword(account.password),
      enabled: true,
      roles: ['admin', 'ops'],
      privileges: ['administer-certificates', 'administer-local-key-manager', 'decrypt-recording'],
      accessGroups: [],
      partitions: [],
    });
  } finally {
    await store.close();
  }
  return account;
}
