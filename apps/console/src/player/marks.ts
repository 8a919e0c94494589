import { momentOf, type MediaFileResource, type RecordingResource, type Timeline } from './timeline.js';

/** A stretch of the time line on which the sound is not the call's. */
export interface Mark {
  readonly kind: 'pause' | 'mask';
  readonly from: number;
  readonly to: number;
}

/** Both ends of one entry of `pauses` or `masks`: two moments, or milliseconds within the media file. */
type Stretch = Readonly<Record<string, unknown>>;

const beginnings = /pause|mask|start|begin/i;
const endings = /resume|unmask|stop|end/i;

/**
 * Where the recorder paused or masked: `pauses` and `masks` of the media files, in whichever of the forms recorders write
 * (`{startTime, stopTime}`, `{from, to}` in milliseconds, or a row of `{time, type}`), and events of the history.
 */
export function marksOf(recording: RecordingResource, timeline: Timeline): readonly Mark[] {
  const ofFiles = recording.mediaFiles.flatMap(file => [
    ...stretchesOf(file, 'pauses', 'pause', timeline),
    ...stretchesOf(file, 'masks', 'mask', timeline),
  ]);
  const all = ofFiles.length > 0 ? ofFiles : ofEvents(recording, timeline);
  return all.filter(({ from, to }) => to > from).sort((one, other) => one.from - other.from);
}

function stretchesOf(file: MediaFileResource, field: string, kind: Mark['kind'], timeline: Timeline): Mark[] {
  const value: unknown = file[field];
  if (!Array.isArray(value)) return [];
  const entries = value.filter((entry): entry is Stretch => typeof entry === 'object' && entry !== null);
  const offset = [...timeline.sounds, ...timeline.screens].find(({ mediaId }) => mediaId === file.mediaId)?.from ?? 0;
  const place = (end: unknown): number | undefined => {
    if (typeof end === 'number') return offset + end / 1000;
    const moment = momentOf(end);
    return moment === undefined ? undefined : timeline.placeOf(moment);
  };
  const whole = entries.flatMap(entry => {
    const [from, to] = [place(entry['startTime'] ?? entry['from']), place(entry['stopTime'] ?? entry['to'])];
    return from === undefined ? [] : [{ kind, from, to: to ?? timeline.duration }];
  });
  return whole.length > 0
    ? whole
    : paired(entries, kind, entry => [String(entry['type']), place(entry['time'])], timeline);
}

function ofEvents({ eventHistory = [] }: RecordingResource, timeline: Timeline): Mark[] {
  const at = (entry: Stretch): readonly [string, number | undefined] => {
    const moment = momentOf(entry['occurredAt']);
    return [String(entry['event']), moment === undefined ? undefined : timeline.placeOf(moment)];
  };
  const ofKind = (pattern: RegExp) => eventHistory.filter(entry => pattern.test(String(entry['event'])));
  return [...paired(ofKind(/pause|resume/i), 'pause', at, timeline), ...paired(ofKind(/mask/i), 'mask', at, timeline)];
}

/** Beginnings and endings, one after the other; what does not end lasts until the end. */
function paired(
  entries: readonly Stretch[],
  kind: Mark['kind'],
  read: (entry: Stretch) => readonly [name: string, place: number | undefined],
  timeline: Timeline,
): Mark[] {
  const marks: Mark[] = [];
  let from: number | undefined;
  for (const entry of entries) {
    const [name, place] = read(entry);
    if (place === undefined) continue;
    if (endings.test(name)) {
      if (from !== undefined) marks.push({ kind, from, to: place });
      from = undefined;
    } else if (beginnings.test(name)) from ??= place;
  }
  return from === undefined ? marks : [...marks, { kind, from, to: timeline.duration }];
}
