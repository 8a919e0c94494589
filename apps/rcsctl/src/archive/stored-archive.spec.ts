import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { manifestName, manifestText, type ArchiveManifest, type ManifestSigner } from '#archive';
import { MediaStorages } from '#media-storage';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { archiveOf, manifestOf, signedFiles } from '#test/archives/made-archives.js';
import type { ReadablePlace } from './archive-place.js';
import { openArchive } from './stored-archive.js';

const work = mkdtempSync(join(tmpdir(), 'stored-archive-'));
const url = pathToFileURL(work).href;
const authorityFile = join(work, 'ca.pem');
const [recording, media] = ['cc-1/cc-1/2026-11-28/R1/recording.json', 'cc-1/cc-1/2026-11-28/R1/50%25 of it.bin'];
const files = new Map([
  ['README.txt', Buffer.from('an archive')],
  [recording, Buffer.from('{}')],
  [media, randomBytes(200_000)],
]);
let vault: ManifestSigner;
let gateway: ManifestSigner;

beforeAll(async () => {
  const authority = await InternalAuthority.create();
  writeFileSync(authorityFile, authority.caPem);
  const signerOf = async (role: 'key-vault' | 'playback-gateway'): Promise<ManifestSigner> => {
    const { certificatePem, keyPem } = await authority.issue(role);
    return { certificatePem: Buffer.from(certificatePem), keyPem: Buffer.from(keyPem) };
  };
  [vault, gateway] = [await signerOf('key-vault'), await signerOf('playback-gateway')];
});
afterAll(() => rmSync(work, { recursive: true }));

function placeOf(below: string): ReadablePlace {
  const limits = { connectTimeoutMs: 1000, headersTimeoutMs: 1000, idleTimeoutMs: 1000, totalTimeoutMs: 10_000 };
  const reading = { storage: 'file' as const, url, trustedCA: true, maxConnections: 1, ...limits };
  return { storage: 'file', path: `${url}/${below}`, below, isFolder: below.endsWith('/'), reading };
}

const open = (below: string) => openArchive(placeOf(below), 'cc-1', AbortSignal.timeout(20_000));

async function zipped(name: string): Promise<string> {
  writeFileSync(join(work, name), await archiveOf(files, vault));
  return name;
}

/** As `unzip` leaves an archive. */
function unpacked(name: string, { signer = vault, manifest = manifestOf(files) } = {}): string {
  for (const [path, bytes] of signedFiles(files, signer, manifest)) {
    mkdirSync(dirname(join(work, name, path)), { recursive: true });
    writeFileSync(join(work, name, path), bytes);
  }
  return `${name}/`;
}

async function refusalOf(below: string): Promise<string> {
  const archive = await open(below);
  try {
    return await archive.verify(authorityFile).then(
      () => 'none',
      (error: unknown) => (error as Error).message,
    );
  } finally {
    await archive.close();
  }
}

describe.each<[string, (name: string) => string | Promise<string>]>([
  ['an archive on disk', name => zipped(`${name}.zip`)],
  ['an archive that was unpacked', name => unpacked(name)],
])('%s', (_, stored) => {
  it('is verified, and names each member as bytes of a file in the storage of the servers', async () => {
    const archive = await open(await stored('whole'));
    const { manifest, members } = await archive.verify(authorityFile);
    expect(members.slice(0, 3).map(({ name, length }) => [name, length])).toEqual(
      manifest.members.map(({ path, length }) => [path, length]),
    );
    const servers = new MediaStorages([placeOf('').reading]);
    for (const member of members.slice(0, 3)) {
      const expected = files.get(member.name)!;
      const [start, end] = [Math.floor(expected.length / 3), Math.ceil(expected.length / 2)];
      expect((await archive.read(member, start, end)).equals(expected.subarray(start, end))).toBe(true);
      const location = servers.resolve(await archive.placeOf(member), 'cc-1');
      const signal = AbortSignal.timeout(10_000);
      const found = await servers.open(location, {}, signal);
      expect((await found.read(0, found.size, signal)).equals(expected)).toBe(true);
    }
    expect((await archive.frame(authorityFile)).manifest).toEqual(manifest);
    await Promise.all([archive.close(), servers.close()]);
  });
});

describe('an archive that was unpacked is refused', () => {
  it.each<[string, string, (folder: string) => void]>([
    ['with a byte changed', 'is not what the manifest says', folder => change(folder, bytes => (bytes[7]! ^= 1))],
    ['with a longer file', 'has 200001 bytes instead of 200000', folder => change(folder, () => 0, 1)],
    ['with a file missing', '.bin is missing', folder => unlinkSync(join(work, folder, media))],
    [
      'with another manifest',
      'manifest',
      folder => writeFileSync(join(work, folder, manifestName), manifestText({ ...manifestOf(files), reason: 'x' })),
    ],
  ])('%s', async (name, why, damage) => {
    const folder = unpacked(name.replaceAll(' ', '-'));
    damage(folder);
    expect(await refusalOf(folder)).toContain(why);
  });

  it('when no vault signed it, and when a name leads out of its folder', async () => {
    expect(await refusalOf(unpacked('of-a-gateway', { signer: gateway }))).toContain('which is no key vault');
    const [first, ...rest] = manifestOf(files).members;
    const manifest: ArchiveManifest = { ...manifestOf(files), members: [{ ...first!, path: '../ca.pem' }, ...rest] };
    expect(await refusalOf(unpacked('outwards', { manifest }))).toContain('media location refused');
  });
});

function change(folder: string, damage: (bytes: Buffer) => unknown, more = 0): void {
  const bytes = Buffer.concat([files.get(media)!, Buffer.alloc(more)]);
  damage(bytes);
  writeFileSync(join(work, folder, media), bytes);
}
