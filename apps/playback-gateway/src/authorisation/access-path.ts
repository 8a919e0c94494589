/**
 * Whether an access group covers a path of the agent hierarchy or a partition: `/` covers all, `/Anthony` covers
 * `/Anthony` and `/Anthony/John` but not `/Anthonyson`. Whole segments, case-sensitive.
 */
export function covers(group: string, path: string): boolean {
  const groupSegments = segmentsOf(group);
  const pathSegments = segmentsOf(path);
  if (!group.startsWith('/') || !path.startsWith('/')) return false;
  return groupSegments.every((segment, index) => segment === pathSegments[index]);
}

const segmentsOf = (path: string): string[] => path.split('/').filter(segment => segment !== '');
