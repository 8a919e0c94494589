import { centralHeader, dataDescriptor, endOfDirectory, localHeader, type MemberRecord } from './zip-records.js';

/** Bytes of an archive, wherever it lies. */
export interface ArchiveBytes {
  readonly size: number;
  /** Bytes [start, end). */
  read(start: number, end: number): Promise<Buffer>;
}

/** Why a file is no archive of ours. */
export class ArchiveRefused extends Error {
  override readonly name = 'ArchiveRefused';
}

/** A member, and where its content lies. */
export interface StoredMember {
  readonly name: string;
  readonly length: number;
  readonly crc32: number;
  readonly modified: Date;
  /** Of the first byte of its content in the file. */
  readonly contentOffset: number;
  readonly record: MemberRecord;
}

/** The directory of a million members. */
const maximumDirectoryBytes = 256 * 1024 * 1024;
const endBytes = 22;
const wideEndBytes = 56 + 20 + endBytes;
const centralBytes = 46;
const in64 = 0xffffffff;

/**
 * Reads the directory of an archive that `storedZip` wrote. Such a file has one form alone: stored members, one behind the
 * other, then their directory. So whatever else there is, members that overlap, lengths that differ, bytes between them, or
 * names that lead out of the folder in which they are unpacked, is refused before anything is read of the members.
 * @throws ArchiveRefused that says what is wrong
 */
export async function readDirectory(bytes: ArchiveBytes): Promise<readonly StoredMember[]> {
  const { count, offset, size } = await readEnd(bytes);
  if (size > maximumDirectoryBytes) throw new ArchiveRefused(`its directory has ${size} bytes`);
  const directory = await bytes.read(offset, offset + size);
  const members: StoredMember[] = [];
  const names = new Set<string>();
  let position = 0;
  let at = 0;
  while (at < directory.length) {
    const record = recordAt(directory, at);
    const encoded = centralHeader(record);
    if (!encoded.equals(directory.subarray(at, at + encoded.length)))
      throw new ArchiveRefused(`member ${members.length + 1} is not stored as in an archive of ours`);
    const name = nameOf(record.name);
    if (record.offset !== position) throw new ArchiveRefused(`${name} does not begin where the member before it ends`);
    const folded = name.normalize('NFKC').toLowerCase();
    if (names.has(folded)) throw new ArchiveRefused(`two members are called ${name}`);
    names.add(folded);
    const contentOffset = position + localHeader(record).length;
    position = contentOffset + record.length + dataDescriptor(record).length;
    const { length, crc32, modified } = record;
    members.push({ name, length, crc32, modified, contentOffset, record });
    at += encoded.length;
  }
  if (position !== offset) throw new ArchiveRefused('its members do not end where its directory begins');
  if (members.length !== count) throw new ArchiveRefused(`it has ${members.length} members and says ${count}`);
  return members;
}

/**
 * Checks what stands around the content of a member.
 * @throws ArchiveRefused where that is not what the directory says
 */
export async function checkFrame(bytes: ArchiveBytes, { name, contentOffset, record }: StoredMember): Promise<void> {
  const [head, tail] = [localHeader(record), dataDescriptor(record)];
  const end = contentOffset + record.length;
  const found = [await bytes.read(record.offset, contentOffset), await bytes.read(end, end + tail.length)];
  if (found[0]?.equals(head) === true && found[1]?.equals(tail) === true) return;
  throw new ArchiveRefused(`${name} calls itself otherwise than the directory does`);
}

async function readEnd(bytes: ArchiveBytes): Promise<{ count: number; offset: number; size: number }> {
  const tailBytes = Math.min(bytes.size, wideEndBytes);
  const tail = await bytes.read(bytes.size - tailBytes, bytes.size);
  for (const length of [wideEndBytes, endBytes]) {
    if (tail.length < length) continue;
    const end = numbersIn(tail.subarray(tail.length - length));
    const isIn64 = length === wideEndBytes;
    if (end === undefined) continue;
    const encoded = endOfDirectory(end.count, end.size, end.offset);
    const isWhole = encoded.equals(tail.subarray(tail.length - length));
    if (isWhole && end.offset + end.size + length === bytes.size) return end;
    if (isIn64) continue;
  }
  throw new ArchiveRefused('it does not end like a whole archive: it was cut off, or is no archive of ours');
}

function numbersIn(end: Buffer): { count: number; offset: number; size: number } | undefined {
  if (end.length === endBytes)
    return { count: end.readUInt16LE(10), size: end.readUInt32LE(12), offset: end.readUInt32LE(16) };
  const [count, size, offset] = [32, 40, 48].map(at => Number(end.readBigUInt64LE(at))) as [number, number, number];
  return [count, size, offset].every(Number.isSafeInteger) ? { count, size, offset } : undefined;
}

/** As the fields say; whether they are as they should be is found out by writing them again. */
function recordAt(directory: Buffer, at: number): MemberRecord {
  if (directory.length - at < centralBytes) throw new ArchiveRefused('its directory is cut off');
  const nameLength = directory.readUInt16LE(at + 28);
  const extraLength = directory.readUInt16LE(at + 30);
  const extraAt = at + centralBytes + nameLength;
  if (extraAt + extraLength > directory.length) throw new ArchiveRefused('its directory is cut off');
  const wide = widePart(directory.subarray(extraAt, extraAt + extraLength));
  const next = (value: number): number => (value === in64 ? (wide.shift() ?? value) : value);
  const length = next(directory.readUInt32LE(at + 24));
  if (directory.readUInt32LE(at + 20) === in64) wide.shift();
  return {
    name: directory.subarray(at + centralBytes, extraAt),
    length,
    crc32: directory.readUInt32LE(at + 16),
    offset: next(directory.readUInt32LE(at + 42)),
    modified: timeIn(directory.readUInt16LE(at + 12), directory.readUInt16LE(at + 14)),
  };
}

function widePart(extra: Buffer): number[] {
  if (extra.length < 4) return [];
  const values: number[] = [];
  for (let at = 4; at + 8 <= extra.length; at += 8) values.push(Number(extra.readBigUInt64LE(at)));
  return values;
}

const timeIn = (time: number, date: number): Date =>
  new Date(
    Date.UTC(1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2),
  );

/** Parts of `safePart`, with `/` between them. @throws ArchiveRefused for a name that leads anywhere else */
function nameOf(bytes: Buffer): string {
  const name = bytes.toString('utf8');
  const parts = name.split('/');
  const isSafe =
    Buffer.from(name, 'utf8').equals(bytes) && parts.every(part => /^(?![. ])[^\\:\p{Cc}]+(?<![. ])$/u.test(part));
  if (isSafe && bytes.length <= 4096) return name;
  throw new ArchiveRefused(`the name ${JSON.stringify(name.slice(0, 200))} leads out of its folder`);
}
