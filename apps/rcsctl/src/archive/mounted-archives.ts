import type { GatewayClient } from '../gateway-client/gateway-client.js';

/** An archive of which recordings are mounted, by the path that unmounts it. */
export interface MountedArchive {
  readonly storage: string;
  readonly path: string;
  readonly recordings: number;
}

interface MountsPage {
  readonly mounts: readonly MountedArchive[];
  readonly next?: string;
}

/** The mounted archives of a contact center; the gateway looks at some thousand recordings at a time. */
export async function mountedArchives(
  contactCenter: string,
  gateway: Pick<GatewayClient, 'call'>,
): Promise<readonly MountedArchive[]> {
  const base = `/api/v2/ops/contact-centers/${encodeURIComponent(contactCenter)}/mounted-recordings`;
  const found = new Map<string, MountedArchive>();
  for (let after: string | undefined = ''; after !== undefined;) {
    const { mounts, next } = (await gateway.call('GET', `${base}?after=${encodeURIComponent(after)}`)) as MountsPage;
    for (const mount of mounts) {
      const key = `${mount.storage} ${mount.path}`;
      found.set(key, { ...mount, recordings: mount.recordings + (found.get(key)?.recordings ?? 0) });
    }
    after = next;
  }
  return [...found.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
}
