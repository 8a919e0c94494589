import { readFile, readlink } from 'node:fs/promises';

/** Connections over IPv4 and IPv6; a process sees those of its network namespace (proc(5)). */
const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'];
/** Local and remote address, state, bytes not acknowledged, and, five fields on, the inode; numbers of bytes are hexadecimal. */
const row = /^ *\d+: \S+ \S+ \S+ ([0-9A-F]{8}):\S+ \S+ \S+ +\d+ +\d+ (\d+) /gm;

type Answer = (bytes: number | undefined) => void;

/** Who asked since the last reading, by the inode of the connection. */
const asked = new Map<string, Answer[]>();

/**
 * How many of the bytes that were handed to the system for a TCP connection its peer has not acknowledged. A socket says in
 * other ways no more than that a third of its buffer is free.
 * @param descriptor of the connection
 * @param gatheringMs all who ask within this time share one reading of all connections
 * @returns undefined where the system does not tell: for other sockets, and other systems than Linux
 */
export async function unacknowledgedBytes(descriptor: number, gatheringMs: number): Promise<number | undefined> {
  const inode = await inodeOf(descriptor);
  if (inode === undefined) return undefined;
  return new Promise(resolve => {
    const others = asked.get(inode);
    if (others !== undefined) return void others.push(resolve);
    if (asked.size === 0) setTimeout(() => void answerAll(), gatheringMs);
    asked.set(inode, [resolve]);
  });
}

async function inodeOf(descriptor: number): Promise<string | undefined> {
  try {
    return /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/self/fd/${descriptor}`))?.[1];
  } catch {
    return undefined;
  }
}

async function answerAll(): Promise<void> {
  const waiting = new Map(asked);
  asked.clear();
  for (const table of tables) {
    for (const [, bytes = '', inode = ''] of (await textOf(table)).matchAll(row)) {
      waiting.get(inode)?.forEach(answer => answer(parseInt(bytes, 16)));
      waiting.delete(inode);
    }
  }
  for (const answers of waiting.values()) answers.forEach(answer => answer(undefined));
}

async function textOf(table: string): Promise<string> {
  try {
    return await readFile(table, 'latin1');
  } catch {
    return '';
  }
}
