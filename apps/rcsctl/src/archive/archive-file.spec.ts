import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArchiveBrokeOff, ArchiveFile, unfinishedName, writeArchive } from './archive-file.js';

describe(writeArchive.name, () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-archive-file-'));
    file = join(directory, 'archive.zip');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  async function* pieces(...texts: readonly string[]): AsyncGenerator<Buffer> {
    for (const text of texts) yield await Promise.resolve(Buffer.from(text));
  }
  async function* breaking(): AsyncGenerator<Buffer> {
    yield* pieces('half');
    throw new Error('other side closed');
  }

  it('gives the file its name when it is whole', async () => {
    expect(await writeArchive(file, pieces('one', 'two'))).toBe(6);
    expect([readFileSync(file, 'utf8'), existsSync(unfinishedName(file))]).toEqual(['onetwo', false]);
  });

  it('gives no name to what broke off, says how much came, and begins anew the next time', async () => {
    const broken = writeArchive(file, breaking());
    await expect(broken).rejects.toThrow(/is not there: after 4 bytes the gateway broke it off/);
    expect([existsSync(file), readFileSync(unfinishedName(file), 'utf8')]).toEqual([false, 'half']);
    await writeArchive(file, pieces('x'));
    expect(readFileSync(file, 'utf8')).toBe('x');
  });

  it('says of a full disk that it is one', async () => {
    symlinkSync('/dev/full', unfinishedName(file));
    const full = writeArchive(file, pieces('one'));
    await expect(full).rejects.toThrow(/cannot be written: .*ENOSPC/);
    await expect(full).rejects.toBeInstanceOf(ArchiveBrokeOff);
    expect(existsSync(file)).toBe(false);
  });

  it('takes no name that somebody took meanwhile', async () => {
    writeFileSync(file, 'another');
    await expect(writeArchive(file, pieces('one'))).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readFileSync(file, 'utf8')).toBe('another');
  });

  it('is read as far as it goes', async () => {
    writeFileSync(file, '0123456789');
    const archive = await ArchiveFile.open(file);
    try {
      expect([archive.size, (await archive.read(2, 5)).toString()]).toEqual([10, '234']);
      await expect(archive.read(8, 12)).rejects.toThrow('it was cut while it was read');
    } finally {
      await archive.close();
    }
  });
});
