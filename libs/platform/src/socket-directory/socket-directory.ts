import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readdirSync, type Stats } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError } from '../configuration/configuration-error.js';

/** A directory that is left is held open for this long: whoever is connecting through it arrives. */
const releaseAfterMs = 60_000;
const isOfOthers = 0o077;
const openFiles = '/proc/self/fd';

/** Which file it is, whatever its name. */
export interface FileIdentity {
  readonly device: number;
  readonly inode: number;
}

const identityOf = ({ dev, ino }: Stats): FileIdentity => ({ device: dev, inode: ino });
export const isSameFile = (one: FileIdentity | undefined, other: FileIdentity | undefined): boolean =>
  one !== undefined && one.device === other?.device && one.inode === other.inode;

/**
 * The socket of a process, named by what it alone is called: nothing that anybody says of themselves is a part of the path,
 * whatever it holds. The same length for all, and free of separators.
 */
export const socketNameOf = (instance: string): string =>
  `${createHash('sha256').update(instance).digest('base64url').slice(0, 22)}.sock`;

/**
 * A directory of Unix sockets that the user of this process alone may enter, so that whoever answers or calls in it is of
 * the same user (or root). It is held open, and everything in it is reached through that: whoever may rename a directory
 * above, or put a link in its place, brings another directory to the name and nobody to another directory. A path through
 * it has a few bytes, however long the name (`sun_path` holds 107).
 */
export class SocketDirectory {
  private isReleased = false;

  private constructor(
    readonly path: string,
    private readonly descriptor: number,
    private readonly owner: number,
    private readonly identity: FileIdentity,
  ) {}

  /**
   * Makes it where it is missing. @param option what named it. @param owner who it must belong to
   * @throws ConfigurationError where it is a link, another user's, or open to others
   */
  static open(path: string, option: string, owner = process.geteuid?.()): SocketDirectory {
    const refused = (why: string): ConfigurationError => new ConfigurationError(`option ${option}: ${path} ${why}`);
    if (owner === undefined || process.platform !== 'linux') throw refused('needs Linux: leave the option out');
    let descriptor: number;
    try {
      makeIfMissing(path);
      descriptor = openSync(resolve(path), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    } catch (error) {
      throw refused(whyNotOpened(path, error as NodeJS.ErrnoException));
    }
    const found = fstatSync(descriptor);
    const why = whyNotOwn(found, owner) ?? whyNotReached(descriptor);
    if (why === undefined) return new SocketDirectory(path, descriptor, owner, identityOf(found));
    closeSync(descriptor);
    throw refused(why);
  }

  /** Where a name in it is reached. */
  pathOf(name: string): string {
    return `${openFiles}/${this.descriptor}/${name}`;
  }

  /** Whether its name still leads to it, and it is still its owner's alone. */
  get isInPlace(): boolean {
    const found = lstatSync(this.path, { throwIfNoEntry: false });
    return (
      found !== undefined && isSameFile(identityOf(found), this.identity) && whyNotOwn(found, this.owner) === undefined
    );
  }

  /** What lies in it, sockets and others. */
  names(): string[] {
    return readdirSync(this.pathOf(''));
  }

  /** The socket of that name; undefined where there is none, or what is there is a link, another user's, or open to others. */
  socket(name: string): (FileIdentity & { readonly changedAt: number }) | undefined {
    const found = lstatSync(this.pathOf(name), { throwIfNoEntry: false });
    if (found?.isSocket() !== true || whyNotOwn(found, this.owner) !== undefined) return undefined;
    return { ...identityOf(found), changedAt: found.ctimeMs };
  }

  /** Nobody begins anything in it any more. Once is enough: later the number of the descriptor may be another file's. */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    setTimeout(() => closeSync(this.descriptor), releaseAfterMs).unref();
  }
}

function makeIfMissing(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function whyNotOpened(path: string, { code, message }: NodeJS.ErrnoException): string {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    return 'is a symbolic link: name the directory itself';
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'is no directory';
  return `cannot be made or opened: ${message}`;
}

function whyNotOwn({ uid, mode }: Stats, owner: number): string | undefined {
  if (uid !== owner) return `belongs to user ${uid}, not to user ${owner} as whom this process runs`;
  const open = (mode & 0o777).toString(8).padStart(4, '0');
  return (mode & isOfOthers) === 0 ? undefined : `lets others in (mode ${open}): chmod 0700`;
}

function whyNotReached(descriptor: number): string | undefined {
  try {
    readdirSync(`${openFiles}/${descriptor}/`);
    return undefined;
  } catch (error) {
    return `is not reached through ${openFiles}: ${(error as Error).message}`;
  }
}
