/**
 * How an owner of recordings stands in the index. A partition stands there with all that lie above it, so that whoever has
 * `/sales` finds what belongs to `/sales/east` by one look-up.
 */
export const ownerKey = {
  agent: (name: string): string => `agent:${name}`,

  /** Undefined for what is no path: it covers nothing. */
  partition: (path: string): string | undefined =>
    path.startsWith('/') ? `partition:/${segmentsOf(path).join('/')}` : undefined,

  partitionAndAbove: (path: string): string[] => {
    if (!path.startsWith('/')) return [];
    const segments = segmentsOf(path);
    return Array.from(
      { length: segments.length + 1 },
      (_, count) => `partition:/${segments.slice(0, count).join('/')}`,
    );
  },
};

const segmentsOf = (path: string): string[] => path.split('/').filter(segment => segment !== '');
