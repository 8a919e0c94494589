/** Records of a ZIP file (PKWARE APPNOTE 6.3) whose members are stored as they are. Everything is little-endian. */

export interface MemberRecord {
  readonly name: Buffer;
  readonly length: number;
  readonly crc32: number;
  /** Of its local header. */
  readonly offset: number;
  readonly modified: Date;
}

const signatures = {
  localHeader: 0x04034b50,
  descriptor: 0x08074b50,
  centralHeader: 0x02014b50,
  zip64End: 0x06064b50,
  zip64Locator: 0x07064b50,
  end: 0x06054b50,
} as const;

/** Fields of 32 and 16 bits that hold this mean: look into the ZIP64 fields. */
const in64 = 0xffffffff;
const in64Short = 0xffff;
/** Bit 3: CRC and lengths stand behind the content. Bit 11: the name is UTF-8. */
const flags = 0x0808;
const versions = { zip: 20, zip64: 45 } as const;
/** Made by a program for UNIX, so that the attributes are a mode. */
const madeBy = (3 << 8) | versions.zip64;
const regularFile = 0o100644 * 0x10000;
const zip64Field = 1;

/** Whether a content of this length needs lengths of 64 bits. */
const isLong = (length: number): boolean => length >= in64;

/** Stands before the content; CRC and lengths follow behind it, because they are not known yet. */
export function localHeader({ name, length, modified }: Omit<MemberRecord, 'crc32' | 'offset'>): Buffer {
  // With this field readers know that the lengths behind the content have 64 bits (4.3.9.2).
  const extra = isLong(length) ? zip64Extra([0n, 0n]) : Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(signatures.localHeader, 0);
  header.writeUInt16LE(isLong(length) ? versions.zip64 : versions.zip, 4);
  header.writeUInt16LE(flags, 6);
  writeTime(header, 10, modified);
  if (isLong(length)) {
    header.writeUInt32LE(in64, 18);
    header.writeUInt32LE(in64, 22);
  }
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

/** Stands behind the content. */
export function dataDescriptor({ length, crc32 }: Pick<MemberRecord, 'length' | 'crc32'>): Buffer {
  const descriptor = Buffer.alloc(isLong(length) ? 24 : 16);
  descriptor.writeUInt32LE(signatures.descriptor, 0);
  descriptor.writeUInt32LE(crc32, 4);
  if (isLong(length)) {
    descriptor.writeBigUInt64LE(BigInt(length), 8);
    descriptor.writeBigUInt64LE(BigInt(length), 16);
  } else {
    descriptor.writeUInt32LE(length, 8);
    descriptor.writeUInt32LE(length, 12);
  }
  return descriptor;
}

/** One entry of the directory at the end. */
export function centralHeader({ name, length, crc32, offset, modified }: MemberRecord): Buffer {
  const wide = isLong(length) ? [BigInt(length), BigInt(length)] : [];
  if (offset >= in64) wide.push(BigInt(offset));
  const extra = wide.length === 0 ? Buffer.alloc(0) : zip64Extra(wide);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(signatures.centralHeader, 0);
  header.writeUInt16LE(madeBy, 4);
  header.writeUInt16LE(wide.length === 0 ? versions.zip : versions.zip64, 6);
  header.writeUInt16LE(flags, 8);
  writeTime(header, 12, modified);
  header.writeUInt32LE(crc32, 16);
  header.writeUInt32LE(isLong(length) ? in64 : length, 20);
  header.writeUInt32LE(isLong(length) ? in64 : length, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(regularFile, 38);
  header.writeUInt32LE(Math.min(offset, in64), 42);
  return Buffer.concat([header, name, extra]);
}

/** What ends the file: in the form with 64 bits, too, where one of the numbers needs it. */
export function endOfDirectory(members: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(signatures.end, 0);
  end.writeUInt16LE(Math.min(members, in64Short), 8);
  end.writeUInt16LE(Math.min(members, in64Short), 10);
  end.writeUInt32LE(Math.min(size, in64), 12);
  end.writeUInt32LE(Math.min(offset, in64), 16);
  if (members < in64Short && size < in64 && offset < in64) return end;
  const wide = Buffer.alloc(56);
  wide.writeUInt32LE(signatures.zip64End, 0);
  wide.writeBigUInt64LE(44n, 4);
  wide.writeUInt16LE(madeBy, 12);
  wide.writeUInt16LE(versions.zip64, 14);
  wide.writeBigUInt64LE(BigInt(members), 24);
  wide.writeBigUInt64LE(BigInt(members), 32);
  wide.writeBigUInt64LE(BigInt(size), 40);
  wide.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(signatures.zip64Locator, 0);
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([wide, locator, end]);
}

function zip64Extra(values: readonly bigint[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(zip64Field, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, index) => extra.writeBigUInt64LE(value, 4 + 8 * index));
  return extra;
}

/** As MS-DOS writes times: two seconds are the least, 1980 is the first year. Here it is UTC. */
function writeTime(header: Buffer, at: number, time: Date): void {
  const year = Math.min(2107, Math.max(1980, time.getUTCFullYear()));
  header.writeUInt16LE((time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1), at);
  header.writeUInt16LE(((year - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate(), at + 2);
}
