import { ownerKey, type User } from '#store';

/**
 * Owners of which one has every recording that the user may see, so that a search need not go through all recordings.
 * Undefined where nobody can say: administrators see all, and whose agents an access group covers the index does not know.
 */
export function narrowingOwners(user: User): readonly string[] | undefined {
  if (user.roles.includes('admin') || user.accessGroups.length > 0) return undefined;
  const names = [user.name, ...(user.agentIds ?? [])];
  return [...names.map(ownerKey.agent), ...user.partitions.flatMap(path => ownerKey.partition(path) ?? [])];
}
