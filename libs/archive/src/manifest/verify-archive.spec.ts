import { execFileSync } from 'node:child_process';
import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { archiveOf, bytesOf, manifestOf, memberOf, zipOf } from '#test/archives/made-archives.js';
import { ArchiveRefused, readDirectory } from '../zip/stored-zip-reader.js';
import type { ManifestSigner } from './sign-manifest.js';
import { verifyArchive } from './verify-archive.js';

const contents = new Map([
  ['cc/t/2026-11-28/R1/call.mp3.bin', randomBytes(100_000)],
  ['cc/t/2026-11-28/R1/recording.json', Buffer.from('{}')],
]);
const never = new AbortController().signal;

describe(verifyArchive.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-verify-'));
  let authorities: X509Certificate[];
  let signer: ManifestSigner;
  let whole: Buffer;

  beforeAll(async () => {
    const authority = await InternalAuthority.create();
    signer = await authority.issue('key-vault');
    authorities = [new X509Certificate(authority.caPem)];
    whole = await archiveOf(contents, signer);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const verify = (file: Buffer) => verifyArchive(bytesOf(file), authorities, never);

  it('takes what it is made for', async () => {
    const { manifest, members } = await verify(whole);
    expect(manifest).toEqual(manifestOf(contents));
    expect(members).toHaveLength(4);
  });

  it('finds every bit that was changed', async () => {
    for (let at = 0; at < whole.length; at += at < 200 || at > 100_200 ? 1 : 4999) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 1;
      await expect(verify(changed)).rejects.toThrow();
    }
  });

  it('finds what was cut off, appended or put before', async () => {
    for (const length of [0, 21, 22, 1000, whole.length - 23, whole.length - 1])
      await expect(verify(whole.subarray(0, length))).rejects.toThrow(ArchiveRefused);
    await expect(verify(Buffer.concat([whole, Buffer.of(0)]))).rejects.toThrow(ArchiveRefused);
    await expect(verify(Buffer.concat([Buffer.of(0), whole]))).rejects.toThrow(ArchiveRefused);
  });

  it('finds members that the manifest does not have, and those that are not there', async () => {
    const more = new Map([...contents, ['cc/t/2026-11-28/R2/call.mp3.bin', randomBytes(10)]]);
    await expect(archiveOf(more, signer, manifestOf(contents)).then(verify)).rejects.toThrow(
      'the manifest says nothing',
    );
    await expect(archiveOf(contents, signer, manifestOf(more)).then(verify)).rejects.toThrow(
      'missing; the manifest says',
    );
    const unsigned = [...contents].map(([name, bytes]) => memberOf(name, bytes));
    await expect(zipOf(unsigned).then(verify)).rejects.toThrow('its last members are not');
  });

  it('has a time stamp where its manifest says so, and only there', async () => {
    const stamp = Buffer.from('an answer of an authority');
    const says = { ...manifestOf(contents), timeStamp: 'follows' } as const;
    const { timeStamp, signature, members } = await archiveOf(contents, signer, says, stamp).then(verify);
    expect([timeStamp, members.length, signature.length > 0]).toEqual([stamp, 5, true]);
    await expect(archiveOf(contents, signer, says).then(verify)).rejects.toThrow('manifest.tsr is missing');
    const unknown = archiveOf(contents, signer, { ...says, timeStamp: 'missing' }, stamp);
    await expect(unknown.then(verify)).rejects.toThrow('knows nothing of manifest.tsr');
  });

  it('finds a content of the same length that the manifest does not know', async () => {
    const other = new Map([...contents, ['cc/t/2026-11-28/R1/recording.json', Buffer.from('[]')]]);
    await expect(archiveOf(other, signer, manifestOf(contents)).then(verify)).rejects.toThrow(
      'not what the manifest says',
    );
  });

  describe('refuses hostile files by what is wrong with them', () => {
    /** Python writes anything. */
    function made(script: string): Buffer {
      const file = join(directory, 'hostile.zip');
      execFileSync('python3', [
        '-c',
        `import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1],'w')\n${script}\nz.close()`,
        file,
      ]);
      return readFileSync(file);
    }
    const names = ['../up', '/etc/passwd', 'a/../../b', 'a\\b', 'C:/x', 'a//b', './a', 'a\nb', 'end.', ''];

    it.each(names)('the name %j', async name => {
      await expect(
        zipOf([memberOf(name, Buffer.from('x'))]).then(file => readDirectory(bytesOf(file))),
      ).rejects.toThrow(/leads out of its folder/);
    });

    it('two members that one file system takes for one', async () => {
      const twice = [memberOf('a/B', Buffer.from('x')), memberOf('A/b', Buffer.from('y'))];
      await expect(zipOf(twice).then(file => readDirectory(bytesOf(file)))).rejects.toThrow('two members are called');
    });

    it.each([
      ['a member that grows when it is unpacked', "z.writestr('bomb', b'0'*10**7, zipfile.ZIP_DEFLATED)"],
      ['another program made', "z.writestr('a', b'x')"],
      ['a comment behind its end', "z.comment=b'x'"],
    ])('%s', async (_, script) => {
      await expect(verify(made(script))).rejects.toThrow(ArchiveRefused);
    });

    it('members that overlap', async () => {
      const file = await zipOf([memberOf('first', Buffer.from('12345')), memberOf('other', Buffer.from('12345'))]);
      const central = file.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
      const second = file.indexOf(Buffer.from([0x50, 0x4b, 1, 2]), central + 4);
      const overlapping = Buffer.from(file);
      overlapping.writeUInt32LE(0, second + 42);
      await expect(readDirectory(bytesOf(overlapping))).rejects.toThrow(
        'does not begin where the member before it ends',
      );
      const longer = Buffer.from(file);
      longer.writeUInt32LE(2 ** 31, central + 20);
      longer.writeUInt32LE(2 ** 31, central + 24);
      await expect(readDirectory(bytesOf(longer))).rejects.toThrow('does not begin where the member before it ends');
    });

    it('a directory that claims more than there is', async () => {
      const file = Buffer.from(await zipOf([memberOf('a', Buffer.from('x'))]));
      file.writeUInt32LE(0xfffffff0, file.length - 22 + 12);
      await expect(readDirectory(bytesOf(file))).rejects.toThrow(ArchiveRefused);
    });
  });
});
