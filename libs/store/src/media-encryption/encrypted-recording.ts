import { isInForce, type LegalHold } from '../removal/legal-hold.js';
import type { MediaFile, Recording } from '../recordings/recording.js';
import type { EncryptionPlan, MediaEncryption, PlainMedia } from './media-encryption-store.js';

/** Media ids have no slash, so that these are nobody's. */
const plannedMark = '/planned/';
const plainMark = '/plain/';

/** Among the files to be removed, planned ones are rows of their media file, and have their lease in their name. */
export const plannedName = ({ mediaId, leaseUntil, location }: EncryptionPlan): string =>
  `${mediaId}${plannedMark}${leaseUntil}/${location.slice(-40)}`;

/** What the names of all plans for a media file begin with. */
export const plannedPrefix = (mediaId: string): string => `${mediaId}${plannedMark}`;

/** The row of the plain file that was replaced. */
export const plainName = ({ mediaId, plainLocation }: MediaEncryption): string =>
  `${mediaId}${plainMark}${plainLocation.slice(-40)}`;

/** Whether nobody has begun to remove the planned file: whoever does moves the next attempt. */
export function isPlanInForce(row: { readonly name: string; readonly nextAttempt: number }, now: number): boolean {
  const lease = Number(row.name.slice(row.name.indexOf(plannedMark) + plannedMark.length).split('/', 1)[0]);
  return lease === row.nextAttempt && lease > now;
}

/** The media file, when it lies where somebody saw it and nothing says that it is encrypted. */
export function plainFileIn(
  recording: Recording | undefined,
  { contactCenter, mediaId, path }: PlainMedia,
): MediaFile | undefined {
  if (recording?.contactCenter !== contactCenter) return undefined;
  return recording.mediaFiles.find(
    file =>
      file.mediaId === mediaId &&
      file.mediaDescriptor.path === path &&
      file.pkcs7 === undefined &&
      file.certAlias === undefined,
  );
}

/** Whether this encryption is what the recording says already. */
export function isEncryptedSo(
  recording: Recording | undefined,
  { contactCenter, mediaId, descriptor, pkcs7 }: MediaEncryption,
): boolean {
  if (recording?.contactCenter !== contactCenter) return false;
  const file = recording.mediaFiles.find(one => one.mediaId === mediaId);
  return file?.mediaDescriptor.path === descriptor.path && file.pkcs7 === pkcs7;
}

/** The recording with the encrypted file; what the recorder said of the plain one's bytes is true no more. */
export function withEncrypted(recording: Recording, encryption: MediaEncryption): Recording {
  const { mediaId, descriptor, pkcs7, certAlias, recipients } = encryption;
  const mediaFiles = recording.mediaFiles.map((file): MediaFile => {
    if (file.mediaId !== mediaId) return file;
    return { ...withoutContentTree(file), mediaDescriptor: descriptor, pkcs7, certAlias, recipients };
  });
  return { ...recording, mediaFiles };
}

/** Whether a hold keeps the stored file as it is. */
export const isFileHeld = (
  holds: readonly Pick<LegalHold, 'mediaId' | 'until'>[],
  mediaId: string,
  now: number,
): boolean => holds.some(hold => isInForce(hold, now) && (hold.mediaId ?? mediaId) === mediaId);

/** What the recorder said of the plain bytes is not true of the encrypted ones. */
export const withoutContentTree = (file: MediaFile): MediaFile =>
  Object.fromEntries(Object.entries(file).filter(([name]) => name !== 'contentTree')) as unknown as MediaFile;
