import { createHash, type X509Certificate } from 'node:crypto';
import { ArchiveRefused, type StoredMember } from '../zip/stored-zip-reader.js';
import { manifestName, signatureName, timeStampName } from './manifest.js';
import {
  maximumManifestBytes,
  maximumSignatureBytes,
  signedManifest,
  withTimeStamp,
  type VerifiedManifest,
} from './verify-archive.js';

/** A file of an archive that somebody unpacked. */
export interface UnpackedFile {
  readonly length: number;
  /** Bytes [start, end). */
  read(start: number, end: number): Promise<Buffer>;
}

/** What an unpacked archive was found to be; its files in the order of the manifest. */
export interface VerifiedUnpacked extends VerifiedManifest {
  readonly members: readonly Pick<StoredMember, 'name' | 'length'>[];
}

type OpenFile = (name: string) => Promise<UnpackedFile>;

const pieceBytes = 1024 * 1024;

/**
 * The signed manifest of an unpacked archive; of its files nothing is read.
 * @throws ArchiveRefused, SignatureRefused
 */
export async function unpackedFrame(
  open: OpenFile,
  authorities: readonly X509Certificate[],
): Promise<VerifiedUnpacked> {
  const text = await contentOf(open, manifestName, maximumManifestBytes);
  const signature = await contentOf(open, signatureName, maximumSignatureBytes);
  const signed = signedManifest(text, signature, authorities);
  const isStamped = signed.manifest.timeStamp === 'follows';
  const timeStamp = isStamped ? await contentOf(open, timeStampName, maximumSignatureBytes) : undefined;
  const verified = withTimeStamp(signed, timeStamp);
  return { ...verified, members: verified.manifest.members.map(({ path: name, length }) => ({ name, length })) };
}

/**
 * Checks an unpacked archive: the signature of its manifest, and every byte of every file that is named there. What lies
 * beside these is not looked at.
 * @param signal gives up between two pieces
 * @throws ArchiveRefused, SignatureRefused, and whatever `open` says of a file that is not there
 */
export async function verifyUnpacked(
  open: OpenFile,
  authorities: readonly X509Certificate[],
  signal: AbortSignal,
): Promise<VerifiedUnpacked> {
  const verified = await unpackedFrame(open, authorities);
  for (const { path, length, sha256 } of verified.manifest.members) {
    const file = await open(path);
    if (file.length !== length) throw new ArchiveRefused(`${path} has ${file.length} bytes instead of ${length}`);
    const hash = createHash('sha256');
    for (let at = 0; at < length; at += pieceBytes) {
      signal.throwIfAborted();
      hash.update(await file.read(at, Math.min(length, at + pieceBytes)));
    }
    if (hash.digest('hex') !== sha256) throw new ArchiveRefused(`${path} is not what the manifest says`);
  }
  return verified;
}

async function contentOf(open: OpenFile, name: string, limit: number): Promise<Buffer> {
  const file = await open(name);
  if (file.length > limit) throw new ArchiveRefused(`${name} has ${file.length} bytes`);
  return file.read(0, file.length);
}
