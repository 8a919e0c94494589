import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import type { StoreConfiguration } from '#platform';
import { openStore, type User } from '#store';
import type { DataDirectory } from './data-directory.js';
import type { DemoPerson } from './demo-people.js';
import { secretFile } from './secret.js';

export interface DemoUser {
  readonly name: string;
  readonly password: string;
  readonly roles: User['roles'];
}

export interface DemoAccounts {
  readonly contactCenter: string;
  readonly users: readonly DemoUser[];
}

/** Name of the secret that is the password of a user. */
export const userSecretName = (name: string): string => `user-${name}`;

/** Makes the contact center and its users, or finds those of the last start. */
export async function demoAccounts(
  directory: DataDirectory,
  settings: StoreConfiguration,
  people: readonly DemoPerson[],
): Promise<DemoAccounts> {
  const contactCenter = contactCenterId(directory);
  const store = await openStore({ store: settings }, { auditWriter: 'rcsctl-quickstart' });
  try {
    if ((await store.contactCenters.find(contactCenter)) === undefined) {
      await store.contactCenters.put({ id: contactCenter, name: 'Demo contact center' });
    }
    const users: DemoUser[] = [];
    for (const person of people) {
      const password = secretFile(directory.secrets, userSecretName(person.name)).value;
      if ((await store.users.find({ name: person.name })) === undefined) {
        await store.users.put({ ...person, enabled: true, contactCenter, passwordHash: await hash(password) });
      }
      users.push({ name: person.name, password, roles: person.roles });
    }
    return { contactCenter, users };
  } finally {
    await store.close();
  }
}

/** The id of the demo's contact center, chosen once. */
export function contactCenterId(directory: DataDirectory): string {
  const file = join(directory.root, 'contact-center');
  if (!existsSync(file)) writeFileSync(file, randomUUID(), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
