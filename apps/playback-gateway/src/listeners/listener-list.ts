import { accountId, type AuditPosition, type AuditRecord, type MediaFile, type Recording } from '#store';
import { heardPart, HeardRanges, type ByteRange } from './heard-ranges.js';

/** The ranges of one media file that one listener got. */
export interface HeardMedia {
  readonly mediaId: string;
  readonly ranges: readonly HeardRange[];
  /** There are more than are said here. */
  readonly more?: true;
}

export interface HeardRange {
  readonly firstByte: number;
  readonly lastByte: number;
  /** Where the duration is known. */
  readonly fromSecond?: number;
  readonly toSecond?: number;
}

/** Somebody who got bytes of a recording, or may have. */
export interface Listener {
  /** Absent where the audit has forgotten who it was. */
  readonly user?: string;
  readonly userSource?: NonNullable<AuditRecord['userSource']>;
  readonly erased?: true;
  readonly firstTime: string;
  readonly lastTime: string;
  /** Requests that were answered with bytes; a player makes several. */
  readonly playbacks: number;
  /** Of which the audit does not say how they ended: they are running, or their gateway was killed. */
  readonly unfinished: number;
  readonly mediaFiles: readonly HeardMedia[];
}

interface Started {
  readonly position: AuditPosition;
  readonly mediaFile: string;
}

interface Heard {
  readonly who: Pick<Listener, 'user' | 'userSource' | 'erased'>;
  begin: AuditPosition | undefined;
  lastTime: string;
  playbacks: number;
  /** Of requests that have not ended, by their ids. */
  readonly started: Map<string, Started>;
  readonly ranges: Map<string, HeardRanges>;
}

/** Of one media file for one listener. */
const mostRanges = 1000;

/** Makes of the audit records of one recording, the oldest first, who listened to what. */
export class ListenerList {
  private readonly listeners = new Map<string, Heard>();
  private readonly lengths: Map<string, number>;

  constructor(private readonly recording: Pick<Recording, 'mediaFiles'>) {
    this.lengths = new Map(recording.mediaFiles.flatMap(file => lengthOf(file)));
  }

  add(record: AuditRecord): void {
    if (record.mediaFile === undefined) return;
    if (record.event === 'playback') this.begin(record, record.mediaFile);
    else if (record.event === 'playback-finished') this.end(record, record.mediaFile);
  }

  /** In the order in which they first listened, each with the place of their first listening. */
  all(): readonly { readonly position: AuditPosition; readonly listener: Listener }[] {
    const all = [...this.listeners.values()].flatMap(heard => {
      const begins = [...heard.started.values()].map(({ position }) => position);
      const [position] = [...begins, ...(heard.begin === undefined ? [] : [heard.begin])].sort(inOrder);
      return position === undefined ? [] : [{ position, listener: this.listenerOf(heard, position) }];
    });
    return all.sort((one, other) => inOrder(one.position, other.position));
  }

  private begin(record: AuditRecord, mediaFile: string): void {
    const { time, writer, sequence, requestId = `${writer} ${sequence}` } = record;
    this.heardBy(record).started.set(JSON.stringify([writer, requestId, mediaFile]), {
      position: { time, writer, sequence },
      mediaFile,
    });
  }

  private end(record: AuditRecord, mediaFile: string): void {
    const { time, writer, sequence, requestId = '' } = record;
    const heard = this.heardBy(record);
    const key = JSON.stringify([writer, requestId, mediaFile]);
    const started = heard.started.get(key)?.position ?? { time, writer, sequence };
    heard.started.delete(key);
    const { ranges, length } = heardPart(record, this.lengths.get(mediaFile));
    if (length !== undefined) this.lengths.set(mediaFile, length);
    if ((record.bytes ?? 0) === 0) return;
    if (heard.begin === undefined || inOrder(started, heard.begin) < 0) heard.begin = started;
    if (started.time > heard.lastTime) heard.lastTime = started.time;
    heard.playbacks++;
    const before = heard.ranges.get(mediaFile) ?? new HeardRanges();
    heard.ranges.set(mediaFile, before);
    before.add(ranges);
  }

  private heardBy({ user, userSource, contactCenter, erased }: AuditRecord): Heard {
    const source = userSource === undefined ? {} : { source: userSource };
    const owner = contactCenter === undefined ? {} : { contactCenter };
    // Whoever was forgotten cannot be told from others who were.
    const key = user === undefined ? '' : accountId({ name: user, ...source, ...owner });
    let heard = this.listeners.get(key);
    if (heard === undefined) {
      const named = user === undefined ? {} : { user, ...(userSource === undefined ? {} : { userSource }) };
      const who = { ...named, ...(erased?.user === undefined ? {} : { erased: true as const }) };
      heard = { who, begin: undefined, lastTime: '', playbacks: 0, started: new Map(), ranges: new Map() };
      this.listeners.set(key, heard);
    }
    return heard;
  }

  private listenerOf({ who, lastTime, playbacks, started, ranges }: Heard, { time }: AuditPosition): Listener {
    const times = [lastTime, ...[...started.values()].map(({ position }) => position.time)].sort();
    const mediaFiles = new Set([...ranges.keys(), ...[...started.values()].map(({ mediaFile }) => mediaFile)]);
    return {
      ...who,
      firstTime: time,
      lastTime: times.at(-1) ?? time,
      playbacks: playbacks + started.size,
      unfinished: started.size,
      mediaFiles: [...mediaFiles].sort().map(mediaId => this.mediaOf(mediaId, ranges.get(mediaId)?.all() ?? [])),
    };
  }

  private mediaOf(mediaId: string, ranges: readonly ByteRange[]): HeardMedia {
    const file = this.recording.mediaFiles.find(one => one.mediaId === mediaId);
    const timed = secondsOf(file, this.lengths.get(mediaId));
    const said = ranges.slice(0, mostRanges);
    return { mediaId, ranges: said.map(timed), ...(ranges.length > said.length ? { more: true } : {}) };
  }
}

/** Bytes are spread over the duration evenly: exact for a constant bit rate, near it for others. */
function secondsOf(file: MediaFile | undefined, length: number | undefined): (range: ByteRange) => HeardRange {
  const duration = Number(file?.duration ?? Number.NaN) / 1000;
  const isTimed = length !== undefined && length > 0 && Number.isFinite(duration) && duration >= 0;
  return ({ first, last }) => ({
    firstByte: first,
    lastByte: last,
    ...(isTimed
      ? {
          fromSecond: Math.floor((Math.min(first, length) / length) * duration),
          toSecond: Math.ceil((Math.min(last + 1, length) / length) * duration),
        }
      : {}),
  });
}

function lengthOf({ mediaId, size }: MediaFile): readonly (readonly [string, number])[] {
  const length = Number(size ?? Number.NaN);
  return Number.isSafeInteger(length) && length > 0 ? [[mediaId, length]] : [];
}

/** As the audit orders records. */
export function inOrder(one: AuditPosition, other: AuditPosition): number {
  if (one.time !== other.time) return one.time < other.time ? -1 : 1;
  if (one.writer !== other.writer) return one.writer < other.writer ? -1 : 1;
  return one.sequence - other.sequence;
}
