import { crc32 } from 'node:zlib';
import { RcsError } from '#platform';
import { centralHeader, dataDescriptor, endOfDirectory, localHeader, type MemberRecord } from './zip-records.js';

/** A file that goes into an archive as it is. */
export interface ZipMember {
  /** With `/` between its parts; safe to unpack. */
  readonly name: string;
  /** Bytes, which the content must have. */
  readonly length: number;
  readonly modified: Date;
  readonly content: () => AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** A piece that is written at once: headers of many members together. */
const directoryPieceBytes = 64 * 1024;

/**
 * A ZIP file of stored members, one after the other, in ZIP64 where a number needs it. Nothing is kept but a line of the
 * directory for each member. It cannot end like a whole one before it is: what is left without the directory is no ZIP file.
 * @throws RcsError RCS_STORAGE_CHANGED for a member of another length than it was announced with.
 */
export async function* storedZip(members: AsyncIterable<ZipMember> | Iterable<ZipMember>): AsyncGenerator<Buffer> {
  const records: MemberRecord[] = [];
  let position = 0;
  for await (const { name, length, modified, content } of members) {
    const header = { name: Buffer.from(name, 'utf8'), length, modified };
    const offset = position;
    const local = localHeader(header);
    yield local;
    let sum = 0;
    let written = 0;
    for await (const chunk of content()) {
      written += chunk.length;
      if (written > length) break;
      sum = crc32(chunk, sum);
      yield chunk;
    }
    if (written !== length) throw otherLength(name, length, written);
    const record = { ...header, offset, crc32: sum };
    const descriptor = dataDescriptor(record);
    yield descriptor;
    records.push(record);
    position += local.length + length + descriptor.length;
  }
  yield* directory(records, position);
}

function* directory(records: readonly MemberRecord[], offset: number): Generator<Buffer> {
  let size = 0;
  let piece: Buffer[] = [];
  let bytes = 0;
  for (const record of records) {
    const header = centralHeader(record);
    piece.push(header);
    bytes += header.length;
    size += header.length;
    if (bytes < directoryPieceBytes) continue;
    yield Buffer.concat(piece);
    [piece, bytes] = [[], 0];
  }
  yield Buffer.concat([...piece, endOfDirectory(records.length, size, offset)]);
}

const otherLength = (name: string, length: number, written: number): RcsError =>
  new RcsError(
    'RCS_STORAGE_CHANGED',
    `${name} has ${written > length ? 'more than ' : ''}${Math.min(written, length)} bytes instead of ${length}`,
  );
