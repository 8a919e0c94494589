/**
 * How a stored file was when somebody looked at it first: the recorder, the insertion, the indexer, or (of recordings
 * from before there was one) a playback. Everything after is held to that, so that a file exchanged in the storage is
 * noticed. Pins of earlier versions have layout and digest only; the indexer completes them.
 */
export interface PinnedMedia {
  readonly layout: 'detached' | 'attached' | 'plain';
  /** SHA-256 of the envelope in the stored file, lower-case hexadecimal digits; absent where none lies in it. */
  readonly envelopeDigest?: string;
  /** Bytes of the stored file. */
  readonly length?: number;
  /** What the storage said of the file; another storage says something else of the same bytes. */
  readonly entityTag?: string;
  readonly lastModified?: string;
  /** Root of the tree of SHA-256 over the stored bytes, lower-case hexadecimal digits: with it every byte is proved. */
  readonly contentRoot?: string;
  /** Who made the tree: only that of the recorder tells of the time before the file was inserted. */
  readonly contentRootFrom?: PinSource;
  /**
   * Of large trees: base64 of the roots of its parts, so that a part can be sent without making them anew. A hint, which
   * the root proves; absent from pins of before.
   */
  readonly contentPartRoots?: string;
  /** The leaves below the root are kept, too: only then can a range be checked. */
  readonly leavesKept?: true;
  /** Plain media without a known signature that an earlier version played: it goes on playing. */
  readonly inventoried?: true;
  /** ISO 8601. */
  readonly inspectedAt?: string;
  readonly source?: PinSource;
}

export type PinSource = 'recorder' | 'insertion' | 'indexer' | 'playback';

/** What somebody found out about a media file. */
export interface MediaFinding {
  readonly mediaId: string;
  readonly pin: PinnedMedia;
  /** Names of those the session key is encrypted for; absent while nobody has read them, empty for plain media. */
  readonly recipients?: readonly string[];
  /**
   * The envelope of the metadata that the recipients were read from, base64. A rewrap may have put another in its place
   * meanwhile: then the recipients are not written.
   */
  readonly readFrom?: string;
  /** Leaves of the tree that `contentRoot` is the root of. */
  readonly leaves?: Uint8Array;
}

/** What a pin came to. */
export interface PinResult {
  /** The pin in force. */
  readonly pin: PinnedMedia;
  /** False where the finding tells of another file; nothing is written then. */
  readonly agreed: boolean;
}

/**
 * Earlier versions called plain whatever they did not recognise, and pinned nothing of it that a file could be held to. So
 * such a pin says no more than that somebody has heard it.
 */
export const isTakenOnTrust = ({ layout, inspectedAt }: PinnedMedia): boolean =>
  layout === 'plain' && inspectedAt === undefined;

/**
 * The pin with what was found out since; undefined when layout, digest, length or content differ: that is another file.
 * The storage's own marks are those seen last, because they change whenever a storage is restored, moved or copied.
 */
export function completedPin(pin: PinnedMedia, found: PinnedMedia): PinnedMedia | undefined {
  if (isTakenOnTrust(pin)) return found;
  const differs = (name: 'envelopeDigest' | 'length' | 'contentRoot'): boolean =>
    pin[name] !== undefined && found[name] !== undefined && pin[name] !== found[name];
  if (pin.layout !== found.layout || differs('envelopeDigest') || differs('length') || differs('contentRoot')) {
    return undefined;
  }
  const { entityTag, lastModified } = found.length === undefined ? pin : found;
  // JSON leaves out what is undefined.
  return { ...found, ...pin, entityTag, lastModified };
}
