import {
  ArchiveRefused,
  unpackedFrame,
  verifyArchive,
  verifyFrame,
  verifyUnpacked,
  type ArchiveBytes,
  type StoredMember,
  type UnpackedFile,
  type VerifiedArchive,
  type VerifiedUnpacked,
} from '#archive';
import { MediaStorages, pathOfWindow, versionOfFile, type StoredObject } from '#media-storage';
import { RcsError } from '#platform';
import type { ArchivePlace, ReadablePlace } from './archive-place.js';
import { authoritiesIn, signedByVault } from './vault-signature.js';

/** A file of an archive, by its name in the manifest. */
export type NamedMember = Pick<StoredMember, 'name' | 'length'>;

/** An archive in a storage: one file, or the folder into which one was unpacked. It is read as it was when it was opened. */
export interface MountableArchive {
  /** Form, signature of a vault, and every byte. @throws ArchiveRefused, SignatureRefused, RcsError RCS_STORAGE_* */
  verify(authority: string): Promise<VerifiedUnpacked>;
  /** Form and signature alone: of the media nothing is read. */
  frame(authority: string): Promise<VerifiedUnpacked>;
  read(member: NamedMember, start: number, end: number): Promise<Buffer>;
  /** The place of a member: bytes of this very file. */
  placeOf(member: NamedMember): Promise<ArchivePlace>;
  close(): Promise<void>;
}

/** @throws RcsError RCS_STORAGE_*, RCS_MEDIA_LOCATION_REFUSED */
export async function openArchive(
  place: ReadablePlace,
  contactCenter: string,
  signal: AbortSignal,
): Promise<MountableArchive> {
  const files = new ArchiveFiles(place, contactCenter, signal);
  if (place.isFolder) return new UnpackedArchive(files);
  try {
    return new ZippedArchive(files, await files.open(''));
  } catch (error) {
    await files.close();
    throw error;
  }
}

/** What lies at the place of an archive, or below it. */
class ArchiveFiles {
  private readonly storages: MediaStorages;

  constructor(
    private readonly place: ReadablePlace,
    private readonly contactCenter: string,
    readonly signal: AbortSignal,
  ) {
    this.storages = new MediaStorages([place.reading]);
  }

  open(name: string): Promise<StoredObject> {
    const descriptor = { storage: this.place.storage, path: `${this.place.below}${written(name)}` };
    return this.storages.open(this.storages.resolve(descriptor, this.contactCenter), {}, this.signal);
  }

  windowOf(name: string, file: StoredObject, start: number, length: number): ArchivePlace {
    const window = { start, end: start + length, size: file.size, version: versionOfFile(file) };
    return { storage: this.place.storage, path: pathOfWindow(`${this.place.path}${written(name)}`, window) };
  }

  close(): Promise<void> {
    return this.storages.close();
  }
}

/** Names of members have escapes of their own (`safePart`), which are none of a path. */
const written = (name: string): string => name.replaceAll('%', '%25').replaceAll('#', '%23').replaceAll('?', '%3F');

class ZippedArchive implements MountableArchive {
  private members: ReadonlyMap<string, StoredMember> = new Map();
  private readonly bytes: ArchiveBytes;

  constructor(
    private readonly files: ArchiveFiles,
    private readonly file: StoredObject,
  ) {
    this.bytes = { size: file.size, read: (start, end) => file.read(start, end, files.signal) };
  }

  async verify(authority: string): Promise<VerifiedUnpacked> {
    return this.known(await verifyArchive(this.bytes, authoritiesIn(authority), this.files.signal));
  }

  async frame(authority: string): Promise<VerifiedUnpacked> {
    return this.known(await verifyFrame(this.bytes, authoritiesIn(authority)));
  }

  read({ name }: NamedMember, start: number, end: number): Promise<Buffer> {
    const { contentOffset } = this.memberOf(name);
    return this.bytes.read(contentOffset + start, contentOffset + end);
  }

  placeOf({ name }: NamedMember): Promise<ArchivePlace> {
    const { contentOffset, length } = this.memberOf(name);
    return Promise.resolve(this.files.windowOf('', this.file, contentOffset, length));
  }

  close(): Promise<void> {
    return this.files.close();
  }

  private known(verified: VerifiedArchive): VerifiedArchive {
    signedByVault(verified);
    this.members = new Map(verified.members.map(member => [member.name, member]));
    return verified;
  }

  private memberOf(name: string): StoredMember {
    const member = this.members.get(name);
    if (member === undefined) throw new RangeError(`there is no member ${name}, or it was not verified`);
    return member;
  }
}

class UnpackedArchive implements MountableArchive {
  constructor(private readonly files: ArchiveFiles) {}

  async verify(authority: string): Promise<VerifiedUnpacked> {
    const open = (name: string): Promise<UnpackedFile> => this.fileOf(name);
    return signedByVault(await verifyUnpacked(open, authoritiesIn(authority), this.files.signal));
  }

  async frame(authority: string): Promise<VerifiedUnpacked> {
    return signedByVault(await unpackedFrame(name => this.fileOf(name), authoritiesIn(authority)));
  }

  async read({ name }: NamedMember, start: number, end: number): Promise<Buffer> {
    return (await this.files.open(name)).read(start, end, this.files.signal);
  }

  async placeOf({ name }: NamedMember): Promise<ArchivePlace> {
    const file = await this.files.open(name);
    return this.files.windowOf(name, file, 0, file.size);
  }

  close(): Promise<void> {
    return this.files.close();
  }

  private async fileOf(name: string): Promise<UnpackedFile> {
    try {
      const file = await this.files.open(name);
      return { length: file.size, read: (start, end) => file.read(start, end, this.files.signal) };
    } catch (error) {
      if (!(error instanceof RcsError && error.code === 'RCS_STORAGE_FILE_MISSING')) throw error;
      throw new ArchiveRefused(`${name} is missing`, { cause: error });
    }
  }
}
