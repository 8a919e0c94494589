import { RcsError } from '#platform';
import type { recordingPrivileges, User } from '#store';

/**
 * Lets administrators of a contact center pass, and agents and supervisors who have the privilege (Genesys Label and
 * Non-Deletion APIs).
 * @throws RcsError RCS_INSUFFICIENT_ROLE, RCS_INSUFFICIENT_PERMISSION
 */
export function requireRecordingPrivilege(privilege: (typeof recordingPrivileges)[number]): (user: User) => void {
  return user => {
    contactCenterOf(user);
    if (user.roles.includes('admin') || user.privileges.includes(privilege)) return;
    throw new RcsError('RCS_INSUFFICIENT_PERMISSION', `the privilege ${privilege} is missing`);
  };
}

/** The contact center whose recordings the user deals with. @throws RcsError RCS_INSUFFICIENT_ROLE */
export function contactCenterOf({ roles, contactCenter }: User): string {
  const hasRole = roles.some(role => role === 'agent' || role === 'supervisor' || role === 'admin');
  if (hasRole && contactCenter !== undefined) return contactCenter;
  throw new RcsError('RCS_INSUFFICIENT_ROLE', 'only agents, supervisors and administrators of a contact center');
}
