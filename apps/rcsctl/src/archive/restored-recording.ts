import type { StoredMember, VerifiedArchive } from '#archive';
import type { ContentTree } from '#media-storage';

/** One media file of an archive that goes back into a storage. */
export interface RestoredMedia<Member = StoredMember> {
  readonly mediaId: string;
  readonly member: Member;
  /** Below the folder that archives are restored into; no two media files have one. */
  readonly path: string;
}

/** A recording as it stands in an archive. */
export interface ArchivedRecording<Member = StoredMember> {
  readonly id: string;
  /** `recording.json` */
  readonly document: Member;
  readonly media: readonly RestoredMedia<Member>[];
  /** Media files that the archive does not have, by their ids. */
  readonly leftOut: readonly string[];
}

/** The recordings of an archive, in its order. */
export function recordingsIn<Member extends Pick<StoredMember, 'name'>>({
  manifest,
  members,
}: {
  readonly manifest: VerifiedArchive['manifest'];
  readonly members: readonly Member[];
}): ArchivedRecording<Member>[] {
  const byId = new Map<string, { document?: Member; media: RestoredMedia<Member>[]; leftOut: string[] }>();
  const of = (id: string) => {
    const known = byId.get(id) ?? { media: [], leftOut: [] };
    byId.set(id, known);
    return known;
  };
  for (const [index, { recording, mediaFile }] of manifest.members.entries()) {
    const member = members[index];
    if (recording === undefined || member === undefined) continue;
    if (mediaFile === undefined) of(recording).document = member;
    else
      of(recording).media.push({
        mediaId: mediaFile,
        member,
        path: pathOf(recording, member, of(recording).media.length),
      });
  }
  for (const { recording, mediaFile } of manifest.leftOut)
    if (mediaFile !== undefined) of(recording).leftOut.push(mediaFile);
  return [...byId].flatMap(([id, { document, media, leftOut }]) =>
    document === undefined ? [] : [{ id, document, media, leftOut }],
  );
}

/** `day/recording/1-name.bin`, of characters that every storage takes as they are. */
function pathOf(recording: string, { name }: Pick<StoredMember, 'name'>, index: number): string {
  const [, , day = '', ...rest] = name.split('/');
  return [day, recording, `${index + 1}-${rest.at(-1) ?? ''}`]
    .map(part => part.replace(/[^A-Za-z0-9._-]/g, '_'))
    .join('/');
}

/** Where a media file lies that was restored or mounted, and the tree of its bytes. */
export interface PlacedMedia {
  readonly mediaId: string;
  /** Kind of storage; `webDAV` when absent. */
  readonly storage?: string;
  readonly path: string;
  readonly tree: ContentTree;
}

type Fields = Readonly<Record<string, unknown>>;

/** Larger trees would not fit into the body that a gateway takes: it makes them itself, from the stored file. */
const largestLeaves = 256 * 1024;
/** What the server made of the place where the recording lay. */
const ofTheServer = new Set(['mediaUri', 'mediaPath', 'playPath', 'archive', 'contentTree']);

/** What is inserted: the metadata of the archive, with media files where they lie now, attached. */
export function insertionOf(document: Fields, placed: readonly PlacedMedia[]): object {
  const files = (document['mediaFiles'] ?? []) as readonly Fields[];
  const mediaFiles = files.flatMap(file => {
    const found = placed.find(({ mediaId }) => mediaId === file['mediaId']);
    if (found === undefined) return [];
    const { length, root, leaves } = found.tree;
    const kept = Object.fromEntries(Object.entries(file).filter(([name]) => !ofTheServer.has(name)));
    const contentTree = {
      length,
      root,
      ...(leaves.length > largestLeaves ? {} : { leaves: leaves.toString('base64') }),
    };
    return [{ ...kept, mediaDescriptor: { storage: found.storage ?? 'webDAV', path: found.path }, contentTree }];
  });
  return { ...document, mediaFiles };
}
