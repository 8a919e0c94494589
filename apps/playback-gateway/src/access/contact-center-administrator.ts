import { RcsError } from '#platform';
import type { User } from '#store';

/** The contact center that the user administers. @throws RcsError RCS_INSUFFICIENT_ROLE */
export function administeredContactCenter({ roles, contactCenter }: User): string {
  if (roles.includes('admin') && contactCenter !== undefined) return contactCenter;
  throw new RcsError('RCS_INSUFFICIENT_ROLE', 'only administrators of a contact center');
}

/** @throws RcsError RCS_INSUFFICIENT_ROLE for everybody but operations accounts. */
export function requireOperations({ roles }: User): void {
  if (roles.includes('ops')) return;
  throw new RcsError('RCS_INSUFFICIENT_ROLE', 'only operations accounts');
}
