import { createHash, type X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  ArchiveRefused,
  checkFrame,
  readDirectory,
  type ArchiveBytes,
  type StoredMember,
} from '../zip/stored-zip-reader.js';
import { manifestName, manifestSchema, signatureName, timeStampName, type ArchiveManifest } from './manifest.js';
import { verifyManifest, type VerifiedSignature } from './verify-manifest.js';

/** A manifest that was signed, and what it was signed with. */
export interface VerifiedManifest extends VerifiedSignature {
  readonly manifest: ArchiveManifest;
  readonly signature: Buffer;
  /** TimeStampResp of the signature; whose it is, and whether it proves anything, is for the caller to judge. */
  readonly timeStamp: Buffer | undefined;
}

/** What an archive was found to be. */
export interface VerifiedArchive extends VerifiedManifest {
  readonly members: readonly StoredMember[];
}

/** A manifest of a million members. */
export const maximumManifestBytes = 512 * 1024 * 1024;
export const maximumSignatureBytes = 64 * 1024;
const pieceBytes = 1024 * 1024;

/**
 * Checks an archive with nothing but the file and the authorities: its form, the signature of its manifest, and every byte
 * of every member against that.
 * @param signal gives up between two pieces
 * @throws ArchiveRefused, SignatureRefused
 */
export async function verifyArchive(
  bytes: ArchiveBytes,
  authorities: readonly X509Certificate[],
  signal: AbortSignal,
): Promise<VerifiedArchive> {
  const verified = await verifyFrame(bytes, authorities);
  const { manifest, members } = verified;
  for (const [index, entry] of manifest.members.entries()) {
    const member = members[index];
    if (member === undefined) throw new ArchiveRefused(`${entry.path} is missing`);
    const sha256 = await digestOf(bytes, member, signal);
    if (sha256 !== entry.sha256) throw new ArchiveRefused(`${member.name} is not what the manifest says`);
  }
  return verified;
}

/**
 * Form, signature and names of an archive; of the content of its members nothing is read but of the manifest.
 * @throws ArchiveRefused, SignatureRefused
 */
export async function verifyFrame(
  bytes: ArchiveBytes,
  authorities: readonly X509Certificate[],
): Promise<VerifiedArchive> {
  const members = await readDirectory(bytes);
  const sealing = members.at(-1)?.name === timeStampName ? 3 : 2;
  const [manifestMember, signatureMember, stampMember] = members.slice(-sealing);
  if (manifestMember?.name !== manifestName || signatureMember?.name !== signatureName)
    throw new ArchiveRefused(`its last members are not ${manifestName} and ${signatureName}`);
  const text = await contentOf(bytes, manifestMember, maximumManifestBytes);
  const signature = await contentOf(bytes, signatureMember, maximumSignatureBytes);
  const timeStamp = stampMember && (await contentOf(bytes, stampMember, maximumSignatureBytes));
  const verified = withTimeStamp(signedManifest(text, signature, authorities), timeStamp);
  const { manifest } = verified;
  const listed = manifest.members.map(({ path, length }) => `${length} ${path}`);
  const found = members.slice(0, -sealing).map(({ name, length }) => `${length} ${name}`);
  const index = Array.from({ length: Math.max(listed.length, found.length) }).findIndex(
    (_, at) => listed[at] !== found[at],
  );
  if (index >= 0)
    throw new ArchiveRefused(
      `member ${index + 1} is ${found[index] ?? 'missing'}; the manifest says ${listed[index] ?? 'nothing'}`,
    );
  return { ...verified, members };
}

/**
 * A manifest that somebody of the authorities signed; of its time stamp nothing is known yet.
 * @throws ArchiveRefused, SignatureRefused
 */
export function signedManifest(
  text: Buffer,
  signature: Buffer,
  authorities: readonly X509Certificate[],
): Omit<VerifiedManifest, 'timeStamp'> {
  const verified = verifyManifest(text, signature, authorities);
  return { ...verified, manifest: parse(text), signature };
}

/** The same with its time stamp. @throws ArchiveRefused unless there is one where the manifest says so, and only there */
export function withTimeStamp(
  signed: Omit<VerifiedManifest, 'timeStamp'>,
  timeStamp: Buffer | undefined,
): VerifiedManifest {
  const follows = signed.manifest.timeStamp === 'follows';
  if (follows && timeStamp === undefined) throw new ArchiveRefused(`${timeStampName} is missing`);
  if (!follows && timeStamp !== undefined) throw new ArchiveRefused(`its manifest knows nothing of ${timeStampName}`);
  return { ...signed, timeStamp };
}

function parse(text: Buffer): ArchiveManifest {
  const parsed = manifestSchema.safeParse(JSON.parse(text.toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new ArchiveRefused(`its manifest cannot be read: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
}

async function contentOf(bytes: ArchiveBytes, member: StoredMember, limit: number): Promise<Buffer> {
  const { name, length, contentOffset } = member;
  if (length > limit) throw new ArchiveRefused(`${name} has ${length} bytes`);
  await checkFrame(bytes, member);
  const content = await bytes.read(contentOffset, contentOffset + length);
  if (crc32(content) !== member.crc32) throw new ArchiveRefused(`the CRC of ${name} is wrong`);
  return content;
}

async function digestOf(bytes: ArchiveBytes, member: StoredMember, signal: AbortSignal): Promise<string> {
  await checkFrame(bytes, member);
  const hash = createHash('sha256');
  let sum = 0;
  const end = member.contentOffset + member.length;
  for (let at = member.contentOffset; at < end; at += pieceBytes) {
    signal.throwIfAborted();
    const piece = await bytes.read(at, Math.min(end, at + pieceBytes));
    hash.update(piece);
    sum = crc32(piece, sum);
  }
  if (sum !== member.crc32) throw new ArchiveRefused(`the CRC of ${member.name} is wrong`);
  return hash.digest('hex');
}
