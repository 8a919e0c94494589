import type { Schema } from '../api/client.js';

export type RecordingResource = Schema<'Recording'>;
export type MediaFileResource = RecordingResource['mediaFiles'][number];

/** A media file with its place in the time of the recording; all times are seconds from its beginning. */
export interface Track {
  readonly mediaId: string;
  /** As the answers of the server name it. */
  readonly playPath: string;
  readonly from: number;
  readonly duration: number;
  readonly agent: string | undefined;
}

/** What of a recording plays when. */
export interface Timeline {
  /** What is heard, one after the other; screens where nothing is heard. */
  readonly sounds: readonly Track[];
  /** Seen beside, each in a window of its own. */
  readonly screens: readonly Track[];
  readonly transcripts: readonly Track[];
  readonly duration: number;
  /** Nothing is heard: the first screen leads. */
  readonly isScreenOnly: boolean;
  /** The place of a moment of the day; undefined for one outside of it. */
  readonly placeOf: (moment: number) => number | undefined;
}

/** What is known better than the recorder said: lengths in seconds, by media id. */
export type KnownDurations = ReadonlyMap<string, number>;

interface Timed {
  readonly file: MediaFileResource;
  readonly start: number | undefined;
  readonly duration: number;
}

const isKind = (kind: string) => (file: MediaFileResource) => file.type.toLowerCase().startsWith(`${kind}/`);
const isTranscript = (file: MediaFileResource): boolean => /^text\/vtt\b/i.test(file.type);

/** Moments as recorders write them (`+0000` without a colon), in seconds. */
export function momentOf(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const milliseconds = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** What an agent's media file says of whose it is. */
const agentOf = ({ parameters }: MediaFileResource): string | undefined =>
  typeof parameters?.['agentId'] === 'string' ? parameters['agentId'] : undefined;

/**
 * Puts the media files of a recording on one line of time. Sounds follow one another without a pause, however long the
 * recorder waited between them; screens and transcripts lie where the sound of the same moment lies.
 */
export function timelineOf(files: readonly MediaFileResource[], known: KnownDurations = new Map()): Timeline {
  const timed = files.map(file => ({ file, start: momentOf(file.startTime), duration: durationOf(file, known) }));
  const heard = timed.filter(({ file }) => isKind('audio')(file)).sort(byStart);
  const seen = timed.filter(({ file }) => isKind('video')(file)).sort(byStart);
  const isScreenOnly = heard.length === 0;
  const leading = isScreenOnly ? seen.slice(0, 1) : heard;
  const placed = inARow(leading);
  const placeOf = placeIn(placed);
  const beside = (one: Timed): Track => trackOf(one, (one.start === undefined ? undefined : placeOf(one.start)) ?? 0);
  const end = placed.at(-1);
  return {
    sounds: placed.map(({ track }) => track),
    screens: (isScreenOnly ? seen.slice(1) : seen).map(beside),
    transcripts: timed.filter(({ file }) => isTranscript(file)).map(beside),
    duration: end === undefined ? 0 : end.track.from + end.track.duration,
    isScreenOnly,
    placeOf,
  };
}

const byStart = (one: Timed, other: Timed): number => (one.start ?? 0) - (other.start ?? 0);

function durationOf(file: MediaFileResource, known: KnownDurations): number {
  const told = Number(file.duration);
  return known.get(file.mediaId) ?? (Number.isFinite(told) && told > 0 ? told / 1000 : 0);
}

interface Placed {
  readonly track: Track;
  readonly start: number | undefined;
}

function inARow(sounds: readonly Timed[]): Placed[] {
  let from = 0;
  return sounds.map(one => {
    const track = trackOf(one, from);
    from += one.duration;
    return { track, start: one.start };
  });
}

const trackOf = ({ file, duration }: Timed, from: number): Track => ({
  mediaId: file.mediaId,
  playPath: file.playPath,
  from,
  duration,
  agent: agentOf(file),
});

/** A moment between two sounds is where the second begins; one shortly before the first is before the beginning. */
function placeIn(placed: readonly Placed[]): (moment: number) => number | undefined {
  return moment => {
    const known = placed.filter(({ start }) => start !== undefined);
    const last = known.findLast(({ start = 0 }) => start <= moment);
    const next = known.find(({ start = 0 }) => start > moment);
    if (last === undefined) return next === undefined ? undefined : next.track.from - ((next.start ?? 0) - moment);
    return Math.min(last.track.from + (moment - (last.start ?? 0)), next?.track.from ?? Infinity);
  };
}

/** The sound at a place, and how far into it that is; the last one at the end. */
export function soundAt(sounds: readonly Track[], place: number): { readonly index: number; readonly offset: number } {
  const found = sounds.findLastIndex(({ from }) => from <= place);
  const index = Math.max(0, found);
  return { index, offset: Math.max(0, place - (sounds[index]?.from ?? 0)) };
}
