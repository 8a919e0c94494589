import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { storedZip, type ZipMember } from './stored-zip.js';
import { centralHeader, dataDescriptor, endOfDirectory, localHeader } from './zip-records.js';

const modified = new Date('2026-11-28T18:00:02Z');
const member = (name: string, bytes: Buffer): ZipMember => ({
  name,
  length: bytes.length,
  modified,
  content: () => [bytes.subarray(0, 7), bytes.subarray(7)],
});

describe(storedZip.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-zip-'));
  const file = join(directory, 'archive.zip');
  const write = (members: readonly ZipMember[]): Promise<void> =>
    pipeline(Readable.from(storedZip(members)), createWriteStream(file));
  const python = (script: string): string => execFileSync('python3', ['-c', script, file], { encoding: 'utf8' });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('is read by unzip and by Python', async () => {
    const contents = new Map([
      ['cc/Größe/2026-11-28/R1/recording.json', Buffer.from('{}')],
      ['cc/Größe/2026-11-28/R1/call.mp3.bin', randomBytes(300_001)],
      ['empty', Buffer.alloc(0)],
    ]);
    const members = [...contents].map(([name, bytes]) => member(name, bytes));
    await write(members);
    expect(execFileSync('unzip', ['-t', file], { encoding: 'utf8' })).toContain('No errors detected');
    execFileSync('unzip', ['-q', file, '-d', directory]);
    for (const [name, bytes] of contents) expect(readFileSync(join(directory, name)).equals(bytes)).toBe(true);
    expect(python('import sys,zipfile; print(zipfile.ZipFile(sys.argv[1]).testzip())').trim()).toBe('None');
  });

  it('is in ZIP64 with more members than 16 bits can count', async () => {
    const many = Array.from({ length: 66_000 }, (_, index) => member(`m/${index}`, Buffer.from(String(index))));
    await write(many);
    expect(python('import sys,zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))').trim()).toBe('66000');
    expect(execFileSync('unzip', ['-p', file, 'm/65999'], { encoding: 'utf8' })).toBe('65999');
  });

  it('is in ZIP64 behind 4 GiB, and for a member that is longer', () => {
    const length = 5 * 2 ** 30;
    const record = { name: Buffer.from('long'), length, modified, crc32: 0, offset: length };
    expect(localHeader(record)).toHaveLength(30 + 4 + 20);
    expect(dataDescriptor(record).readBigUInt64LE(16)).toBe(BigInt(length));
    expect(centralHeader(record).subarray(-24).readBigUInt64LE(16)).toBe(BigInt(length));
    expect(endOfDirectory(1, 78, length)).toHaveLength(56 + 20 + 22);
    expect(endOfDirectory(1, 78, 1000)).toHaveLength(22);
  });

  it.each([
    ['shorter', 5],
    ['longer', 3],
  ])('breaks for a member that is %s than it was announced, and what is left is no ZIP file', async (_, length) => {
    const bytes = Buffer.from('1234');
    await expect(write([member('whole', bytes), { ...member('other', bytes), length }])).rejects.toMatchObject({
      code: 'RCS_STORAGE_CHANGED',
    });
    expect(() => execFileSync('unzip', ['-t', file], { stdio: 'pipe' })).toThrow();
  });

  it('is no ZIP file when its end is cut off', async () => {
    await write([member('a', randomBytes(1000))]);
    truncateSync(file, statSync(file).size - 23);
    expect(() => execFileSync('unzip', ['-t', file], { stdio: 'pipe' })).toThrow();
  });
});
