import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** TCP ports on which a process listens, by its open sockets: proc(5), /proc/net/tcp and tcp6. */
export function listeningPorts(pid: number): number[] {
  const own = socketsOf(pid);
  const ports = ['tcp', 'tcp6'].flatMap(table =>
    readFileSync(`/proc/${pid}/net/${table}`, 'latin1')
      .split('\n')
      .slice(1)
      .map(line => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === listen && inode !== undefined && own.has(inode))
      .map(([, local = '']) => Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16)),
  );
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** TCP_LISTEN of the kernel. */
const listen = '0A';

function socketsOf(pid: number): Set<string> {
  const inodes = readdirSync(`/proc/${pid}/fd`).map(descriptor => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1];
    } catch {
      // It was closed meanwhile.
      return undefined;
    }
  });
  return new Set(inodes.filter(inode => inode !== undefined));
}
