import { z } from 'zod';
import { parseInput, RcsError } from '#platform';
import { rwsStorage } from '#media-storage';

/** What is asked for, and of whom. */
export interface AskedRecording {
  readonly id: string;
  /** How the RWS calls the contact center. */
  readonly contactCenterId: string;
  /** Base URL of the RWS. */
  readonly url: string;
}

/** A recording as an RWS tells of it. */
export interface RwsRecording {
  /** To be checked as the body of an insertion. */
  readonly body: object;
  readonly region: unknown;
  /** Last segments of its play URLs, by media id: players that learned them from the RWS find the media here, too. */
  readonly leaves: ReadonlyMap<string, string>;
}

const address = z.string().max(4096).optional();
const mediaFileSchema = z.looseObject({
  mediaId: z.string().min(1).max(255),
  mediaUri: address,
  mediaPath: address,
  playPath: address,
});
const named = z.string().max(1024).optional();
const answerSchema = z.looseObject({
  statusCode: z.literal(0).optional(),
  id: z.string(),
  contactCenter: named,
  contactCenterId: named,
  mediaFiles: z.array(mediaFileSchema).min(1).max(100),
});

/** In the answers of some releases the recording stands beside `statusCode`, in those of others one level below. */
const wrappedSchema = z.looseObject({ statusCode: z.literal(0).optional(), recording: z.looseObject({}) });

/**
 * Reads the answer of an RWS about one recording. What it says is not believed but compared with what was asked for: the
 * id, the contact center where it names one, and play URLs of this recording below this RWS.
 * @throws RcsError RCS_INVALID_VALUE naming the field, RCS_MEDIA_LOCATION_REFUSED
 */
export function readRwsRecording(answer: unknown, asked: AskedRecording): RwsRecording {
  const wrapped = wrappedSchema.safeParse(answer);
  const isWrapped = wrapped.success && !Object.hasOwn(wrapped.data, 'id');
  const recording = parseInput(answerSchema, isWrapped ? wrapped.data.recording : answer);
  if (recording.id !== asked.id) throw invalid('id', 'it is another recording');
  for (const field of ['contactCenter', 'contactCenterId'] as const) {
    const name = recording[field];
    if (name !== undefined && name !== asked.contactCenterId) throw invalid(field, 'it is another contact center');
  }
  const leaves = new Map<string, string>();
  const mediaFiles = recording.mediaFiles.map((mediaFile, index) => {
    const leaf = leafOf(mediaFile, index, asked);
    if (leaves.has(mediaFile.mediaId) || [...leaves.values()].includes(leaf))
      throw invalid(`mediaFiles.${index}`, 'every mediaId and every play URL may occur once');
    leaves.set(mediaFile.mediaId, leaf);
    return { ...withoutOwnFields(mediaFile), mediaDescriptor: descriptorOf(asked.id, leaf) };
  });
  return { body: { ...withoutOwnFields(recording), mediaFiles }, region: recording.region, leaves };
}

/** Its media lies where the RWS plays it, whatever else it says of places. */
const descriptorOf = (id: string, leaf: string) => ({ storage: rwsStorage, path: `recordings/${id}/play/${leaf}` });

/**
 * What belongs to the RWS or to this server and not to the recording: who labelled or protected it there; a content tree,
 * which only a recorder vouches for; a place in a storage.
 */
const ownFields: ReadonlySet<string> = new Set([
  ...['statusCode', 'statusMessage', 'contactCenter', 'contactCenterId', 'uri', 'path', 'labels', 'nonDelete'],
  ...['mediaUri', 'mediaPath', 'playPath', 'mediaDescriptor', 'contentTree'],
]);

const withoutOwnFields = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !ownFields.has(name)));

type MediaFileAnswer = z.output<typeof mediaFileSchema>;

/**
 * The last segment of the play URL. The path counts, since an RWS behind a proxy writes an outside host into `mediaUri`;
 * where there is no path, the URL must lie below the RWS that was asked.
 */
function leafOf(mediaFile: MediaFileAnswer, index: number, { id, url }: AskedRecording): string {
  const { mediaPath, playPath, mediaUri } = mediaFile;
  const paths = [mediaPath, playPath].filter(path => path !== undefined);
  const found = paths.map(path => leafInPath(path, id));
  if (mediaUri !== undefined) found.push(leafInUri(mediaUri, id, paths.length > 0 ? undefined : url));
  const [leaf] = found;
  if (leaf === undefined || found.some(other => other !== leaf)) {
    const publicDetail = `mediaFiles.${index}: mediaUri and mediaPath must be one play URL of this recording below the RWS`;
    throw new RcsError('RCS_MEDIA_LOCATION_REFUSED', publicDetail, { publicDetail });
  }
  return leaf;
}

function leafInPath(path: string, id: string): string | undefined {
  const prefix = `/recordings/${id}/play/`;
  const leaf = path.startsWith(prefix) ? path.slice(prefix.length) : '';
  // A name that no reader of URLs takes for anything else.
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(leaf) ? leaf : undefined;
}

/** @param base where the URL has to lie; anywhere when absent, because it is not what is asked then */
function leafInUri(uri: string, id: string, base: string | undefined): string | undefined {
  const api = '/api/v2';
  const start = base === undefined ? uri.lastIndexOf(`${api}/recordings/`) : uri.startsWith(base) ? base.length : -1;
  const rest = start < 0 ? '' : uri.slice(start);
  return rest.startsWith(`${api}/`) ? leafInPath(rest.slice(api.length), id) : undefined;
}

const invalid = (field: string, why: string): RcsError =>
  new RcsError('RCS_INVALID_VALUE', `${field}: ${why}`, { publicDetail: `${field}: ${why}` });
