import { toRcsError } from '#platform';
import type { ContactCenter } from '#store';
import { operator } from './account-administrator.js';
import { UserAdministration, type UserAdministrationStore } from './user-administration.js';
import { newUserSchema } from './user-input.js';

export interface FirstAdministrator {
  readonly contactCenter: string;
  /** Of the contact center, where it has to be made. */
  readonly contactCenterName?: string | undefined;
  readonly userName: string;
  readonly password: string;
}

/**
 * `made`: there is an administrator now. `refused`: the contact center has one, or was given one in this way before: a
 * secret that goes on lying about opens nothing.
 */
export type BootstrapOutcome = 'made' | 'refused';

const bootstrap = operator('bootstrap');

/**
 * Makes the first administrator of a contact center, with every privilege, and the contact center where it is missing.
 * In the audit as acts of `bootstrap`.
 * @throws RcsError RCS_INVALID_VALUE for a name or password that no user may have; RCS_USER_EXISTS
 */
export async function bootstrapAdministrator(
  store: UserAdministrationStore,
  first: FirstAdministrator,
  reservedNames: readonly string[],
): Promise<BootstrapOutcome> {
  const { contactCenter: id, userName, password } = first;
  const present = await store.contactCenters.find(id);
  if (present?.administratorBootstrapped === true || (await hasAdministrator(store, id))) return 'refused';
  const contactCenter = present ?? { id, name: first.contactCenterName ?? id };
  if (present === undefined) await record(store, contactCenter, { added: contactCenter });
  await store.contactCenters.put(contactCenter);
  const { privileges } = bootstrap;
  const user = newUserSchema.parse({
    userName,
    password,
    contactCenter: id,
    roles: ['admin'],
    privileges: [...privileges],
  });
  try {
    await new UserAdministration(store, reservedNames).add(bootstrap, user, {});
  } catch (error) {
    // Two gateways start at once: one of them makes it.
    if (toRcsError(error).code === 'RCS_USER_EXISTS' && (await hasAdministrator(store, id))) return 'refused';
    throw error;
  }
  await record(store, contactCenter, { administratorBootstrapped: userName });
  await store.contactCenters.put({ ...contactCenter, administratorBootstrapped: true });
  return 'made';
}

/** Whoever is or was one, and of whichever system: also one who is disabled. */
async function hasAdministrator({ users }: UserAdministrationStore, contactCenter: string): Promise<boolean> {
  const all = await users.list();
  return all.some(user => user.contactCenter === contactCenter && user.roles.includes('admin'));
}

async function record({ audit }: UserAdministrationStore, { id }: ContactCenter, what: object): Promise<void> {
  await audit.append({
    event: 'contact-center-changed',
    outcome: 'allowed',
    user: bootstrap.name,
    contactCenter: id,
    detail: JSON.stringify(what),
  });
}
