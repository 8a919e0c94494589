import type { Me, Privilege } from './session-api.js';

type Holder = Pick<Me, 'roles' | 'privileges'>;

/** Whether somebody has a privilege; administrators of a contact center need none for recordings. */
export const mayUse = ({ privileges }: Holder, privilege: Privilege): boolean => privileges.includes(privilege);

const isAdministrator = ({ roles }: Holder): boolean => roles.includes('admin') || roles.includes('ops');

/** What the pages are for: the server decides, this hides what it would refuse. */
export const rights = {
  certificates: (me: Holder): boolean => mayUse(me, 'administer-certificates') || mayUse(me, 'decrypt-recording'),
  administerCertificates: (me: Holder): boolean => mayUse(me, 'administer-certificates'),
  keyManager: (me: Holder): boolean => mayUse(me, 'administer-local-key-manager'),
  archives: ({ roles }: Holder): boolean => roles.includes('admin'),
  audit: isAdministrator,
  users: isAdministrator,
  system: (me: Holder): boolean => isAdministrator(me) || mayUse(me, 'administer-certificates'),
} as const;
