import { safePart, type VerifiedUnpacked } from '#archive';
import { ContentTreeBuilder, type ContentTree } from '#media-storage';
import type { GatewayClient } from '../gateway-client/gateway-client.js';
import { oneByOne, refusedInsertion, type OneByOne, type Without } from './one-by-one.js';
import { insertionOf, type ArchivedRecording } from './restored-recording.js';
import type { MountableArchive, NamedMember } from './stored-archive.js';

/** What became of one recording of an archive that is mounted. */
export interface MountOutcome {
  readonly recording: string;
  /**
   * `taken`: there is another recording of this id, or there was one and it was removed; `incomplete`: the archive has not
   * all of its media; `refused`: it is not of the contact center, or the gateway does not take it.
   */
  readonly outcome: 'mounted' | 'taken' | 'incomplete' | 'refused';
  readonly detail?: string;
}

export interface MountWay extends OneByOne {
  readonly archive: Pick<MountableArchive, 'read' | 'placeOf'>;
  readonly verified: VerifiedUnpacked;
  readonly gateway: Pick<GatewayClient, 'insertRecording'>;
  readonly contactCenter: string;
}

const pieceBytes = 1024 * 1024;

/**
 * Tells the gateway of the recordings of a verified archive, whose media stay where they are: bytes of its file, or files
 * of its folder. An id that is taken or was removed is refused there (it asks the ledger of removals). It may be run again,
 * whatever ended it.
 */
export async function* mountArchive(way: MountWay): AsyncGenerator<MountOutcome> {
  yield* oneByOne(way.verified, way, (recording, without) => mount(recording, without, way));
}

async function mount(
  { id, document, media }: ArchivedRecording<NamedMember>,
  without: Without,
  way: MountWay,
): Promise<Omit<MountOutcome, 'recording'>> {
  const foreign = [document, ...media.map(({ member }) => member)].find(
    ({ name }) => name.split('/', 1)[0] !== safePart(way.contactCenter),
  );
  if (foreign !== undefined) return { outcome: 'refused', detail: `${foreign.name} is of another contact center` };
  const said = JSON.parse((await way.archive.read(document, 0, document.length)).toString('utf8')) as Readonly<
    Record<string, unknown>
  >;
  const owner = said['contactCenter'] ?? way.contactCenter;
  if (said['id'] !== id || owner !== way.contactCenter)
    return { outcome: 'refused', detail: `${document.name} is of another recording or contact center` };
  const placed = [];
  for (const { mediaId, member } of media)
    placed.push({ mediaId, ...(await way.archive.placeOf(member)), tree: await treeOf(member, way) });
  const refused = await refusedInsertion(way.gateway, way.contactCenter, insertionOf(said, placed));
  return refused ?? { outcome: 'mounted', ...without };
}

async function treeOf(member: NamedMember, { archive, signal }: MountWay): Promise<ContentTree> {
  const tree = new ContentTreeBuilder();
  for (let at = 0; at < member.length; at += pieceBytes) {
    signal.throwIfAborted();
    tree.update(await archive.read(member, at, Math.min(member.length, at + pieceBytes)));
  }
  return tree.finish();
}
