import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';

const elsewhere = '/var/tmp/recording-crypto-server-';

/** Whom a service runs as that does not run as root. */
export interface ServiceAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Where the stored files of a data directory lie: in its `files`, or, when the service account may not pass through a
 * directory above it (a checkout in root's home), where that link leads to, below /var/tmp. Only the link knows the name: a
 * data directory that lay at the same path before has files of other keys there.
 * @param directory of the storage, in the data directory; it is made.
 * @param account whom the files will belong to; undefined for whoever runs this.
 * @throws Error when the place belongs to somebody else, or was closed to the account later.
 */
export function storedFilesDirectory(directory: string, account: ServiceAccount | undefined): string {
  const files = join(directory, 'files');
  const isNew = !existsSync(directory);
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  if (account === undefined || isReachable(dirname(directory))) {
    if (!isLink(files)) return files;
  } else if (!isLink(files)) {
    if (existsSync(files))
      throw new Error(`${account.name} may not pass through to ${files}: open the directories above it`);
    symlinkSync((isNew ? undefined : unlinked(directory)) ?? mkdtempSync(elsewhere), files);
  } else if (!existsSync(files)) {
    rmSync(files);
    symlinkSync(mkdtempSync(elsewhere), files);
  }
  const place = readlinkSync(files);
  const found = lstatSync(place);
  if (!found.isDirectory() || (found.uid !== process.getuid?.() && found.uid !== account?.uid))
    throw new Error(`${place} belongs to somebody else: remove the link ${files}, and begin with a new data directory`);
  chmodSync(place, 0o755);
  return place;
}

/** Where data directories without a link have their files. */
function unlinked(directory: string): string | undefined {
  const place = `${elsewhere}${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`;
  return existsSync(place) ? place : undefined;
}

const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;

/** Opens our own directory for passing through, and says whether those above it are open, too. */
function isReachable(directory: string): boolean {
  chmodSync(directory, 0o711);
  for (let path = directory; path !== dirname(path); path = dirname(path)) {
    if ((statSync(path).mode & 0o001) === 0) return false;
  }
  return true;
}
