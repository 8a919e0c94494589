import type { ContentTreeReply } from '#contracts';
import { isSentInParts, rootsOfParts } from '#media-storage';
import { RcsError } from '#platform';
import type { MediaFile, MediaFinding, PinnedMedia, PinSource } from '#store';
import { recipientsOfEnvelope } from '../envelopes/recipient-names.js';
import { envelopeInMetadata } from '../envelopes/envelope-in-metadata.js';
import type { InspectedMedia } from './media-inspector.js';

/**
 * What the metadata alone says: whom a media file is for whose envelope came with it. Undefined where the envelope has to
 * be looked for in the stored file, or cannot be read.
 */
export function findingOfMetadata(mediaFile: MediaFile, source: PinSource): MediaFinding | undefined {
  const envelope = envelopeInMetadata(mediaFile);
  const recipients = envelope === undefined ? undefined : recipientsOfEnvelope(envelope);
  if (recipients === undefined) return undefined;
  return {
    ...readFrom(mediaFile),
    pin: { layout: 'detached', ...recordedContent(mediaFile), ...seenNow(source) },
    recipients,
  };
}

/**
 * What an inspection says of a media file.
 * @throws RcsError RCS_CONTENT_CHANGED when as much as the length differs from what the recorder wrote.
 */
export function findingOfInspection(mediaFile: MediaFile, found: InspectedMedia, source: PinSource): MediaFinding {
  const { layout, length } = found;
  const recorded = mediaFile.contentTree?.length ?? length;
  if (recorded !== length) {
    const publicDetail = `${length} bytes are stored, ${recorded} were recorded`;
    throw new RcsError('RCS_CONTENT_CHANGED', undefined, { publicDetail });
  }
  const recipients = found.layout === 'plain' ? [] : recipientsOfEnvelope(Buffer.from(found.envelope, 'base64'));
  const pin: PinnedMedia = {
    layout,
    // The envelope of the metadata may be exchanged for one with other recipients (rewrap); it is no part of the file.
    ...(found.layout === 'attached' ? { envelopeDigest: found.envelopeDigest } : {}),
    ...storedState(found),
    ...recordedContent(mediaFile),
    ...seenNow(source),
  };
  return { ...readFrom(mediaFile), pin, ...(recipients === undefined ? {} : { recipients }) };
}

/** What the content tree says of a media file that is pinned. */
export function findingOfContentTree(
  { mediaId }: MediaFile,
  pinned: PinnedMedia,
  tree: ContentTreeReply,
): MediaFinding {
  const { layout, envelopeDigest, contentRootFrom = 'indexer' } = pinned;
  const leaves = Buffer.from(tree.leaves, 'base64');
  const pin: PinnedMedia = {
    layout,
    ...(envelopeDigest === undefined ? {} : { envelopeDigest }),
    ...storedState(tree),
    contentRoot: tree.root,
    contentRootFrom,
    ...partRootsOf(tree.length, leaves),
    ...seenNow('indexer'),
  };
  return { mediaId, pin, leaves };
}

/** What a pin says of the parts of a tree, where they are sent. @param length of the stored file, in bytes */
export const partRootsOf = (length: number, leaves: Buffer): Pick<PinnedMedia, 'contentPartRoots'> =>
  isSentInParts(length) ? { contentPartRoots: rootsOfParts(leaves).toString('base64') } : {};

const readFrom = ({ mediaId, pkcs7 }: MediaFile): Pick<MediaFinding, 'mediaId' | 'readFrom'> => ({
  mediaId,
  ...(pkcs7 === undefined ? {} : { readFrom: pkcs7 }),
});

/** What the recorder said of the stored file that it wrote. */
function recordedContent({ contentTree }: MediaFile) {
  if (contentTree === undefined) return {};
  return { length: contentTree.length, contentRoot: contentTree.root, contentRootFrom: 'recorder' } as const;
}

const storedState = ({
  length,
  entityTag,
  lastModified,
}: Pick<ContentTreeReply, 'length' | 'entityTag' | 'lastModified'>) => ({
  length,
  ...(entityTag === undefined ? {} : { entityTag }),
  ...(lastModified === undefined ? {} : { lastModified }),
});

const seenNow = (source: PinSource) => ({ inspectedAt: new Date().toISOString(), source });
