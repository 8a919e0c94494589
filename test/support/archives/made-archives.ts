import { createHash } from 'node:crypto';
import {
  manifestFormat,
  manifestName,
  manifestText,
  signatureName,
  signManifest,
  storedZip,
  timeStampName,
  type ArchiveBytes,
  type ArchiveManifest,
  type ManifestSigner,
  type ZipMember,
} from '#archive';

export const modified = new Date('2026-11-28T18:00:02Z');

export const memberOf = (name: string, bytes: Buffer): ZipMember => ({
  name,
  length: bytes.length,
  modified,
  content: () => [bytes],
});

export async function zipOf(members: readonly ZipMember[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of storedZip(members)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Bytes in memory, as an archive. */
export const bytesOf = (file: Buffer): ArchiveBytes => ({
  size: file.length,
  read: (start, end) => Promise.resolve(file.subarray(start, end)),
});

export function manifestOf(contents: ReadonlyMap<string, Buffer>): ArchiveManifest {
  return {
    format: manifestFormat,
    id: '5f0a6ff6-55a5-4f5c-9c3e-0b1c8e7a3c11',
    contactCenter: 'cc-1',
    requestedBy: { user: 'alice', requestId: 'request-1' },
    requestedAt: '2026-11-28T18:00:00.000Z',
    reason: 'case 4711',
    selection: { recordings: ['R1'] },
    finishedAt: '2026-11-28T18:00:03.000Z',
    recordings: 1,
    mediaFiles: 1,
    audit: { writer: 'gateway', sequence: 7 },
    members: [...contents].map(([path, bytes]) => ({
      path,
      length: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })),
    leftOut: [],
  };
}

/** All files of an archive of these contents, in order: with its manifest, signed, and a time stamp where one is given. */
export function signedFiles(
  contents: ReadonlyMap<string, Buffer>,
  signer: ManifestSigner,
  manifest = manifestOf(contents),
  timeStamp?: Buffer,
): readonly (readonly [path: string, bytes: Buffer])[] {
  const text = manifestText(manifest);
  const signature = signManifest(createHash('sha256').update(text).digest(), signer, new Date());
  const stamps = timeStamp === undefined ? [] : [[timeStampName, timeStamp] as const];
  return [...contents, [manifestName, text], [signatureName, signature], ...stamps];
}

/** The same as one file. */
export const archiveOf = (...files: Parameters<typeof signedFiles>): Promise<Buffer> =>
  zipOf(signedFiles(...files).map(([name, bytes]) => memberOf(name, bytes)));
