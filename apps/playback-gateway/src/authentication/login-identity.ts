import type { ContactCenter, User } from '#store';
import type { LoginIdentity } from '../throttling/login-limits.js';
import { nameWithin } from './contact-center-finder.js';

/**
 * Asked before a password is looked at. @throws RcsError RCS_TOO_MANY_REQUESTS to have it not looked at
 */
export type AdmitAttempt = (identity: LoginIdentity) => Promise<void>;

export const recorderIdentity: LoginIdentity = { kind: 'service', key: 'recorder' };

/** A name of which nothing more is known, in the contact center that it would belong to. */
export function identityOfName(contactCenter: Home | undefined, userName: string): LoginIdentity {
  const name = contactCenter === undefined ? userName : nameWithin(contactCenter, userName);
  return {
    kind: 'person',
    key: JSON.stringify(['name', contactCenter?.id ?? null, comparableName(name)]),
    ...belonging(contactCenter),
  };
}

/** A local account; those without a contact center are operations accounts. */
export function identityOfUser({ name, contactCenter }: User, home: Home | undefined): LoginIdentity {
  if (contactCenter === undefined) return { ...identityOfName(undefined, name), kind: 'service' };
  return identityOfName(home?.id === contactCenter ? home : { id: contactCenter }, name);
}

/** The entry that a directory has found, whatever was typed and whichever contact center was named. */
export function identityOfEntry(contactCenter: Home, entry: string): LoginIdentity {
  return { kind: 'person', key: JSON.stringify(['entry', entry]), ...belonging(contactCenter) };
}

/**
 * One text for all names that a directory may take for the same: without case, marks over letters, invisible characters,
 * blanks around it and more than one blank in a row (RFC 4518, caseIgnoreMatch, and what Active Directory adds).
 */
export function comparableName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toUpperCase()
    .normalize('NFKD')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

type Home = Pick<ContactCenter, 'id' | 'domain'>;

const belonging = (home: Home | undefined): Pick<LoginIdentity, 'contactCenter'> =>
  home === undefined ? {} : { contactCenter: home.id };
