/** What was said, from when to when, in seconds of its media file. */
export interface Cue {
  readonly from: number;
  readonly to: number;
  readonly speaker: string | undefined;
  readonly text: string;
}

const timing = /^(?:(\d+):)?(\d{2}):(\d{2})[.,](\d{3})\s+-->\s+(?:(\d+):)?(\d{2}):(\d{2})[.,](\d{3})/;

/** The cues of a WebVTT file (W3C WebVTT 1). What is no cue is passed over; tags but the speaker's are taken off. */
export function cuesOf(text: string): readonly Cue[] {
  if (!/^\uFEFF?WEBVTT(\s|$)/.test(text)) return [];
  const blocks = text.replace(/\r\n?/g, '\n').split(/\n{2,}/);
  return blocks.flatMap(block => cueOf(block.split('\n'))).sort((one, other) => one.from - other.from);
}

function cueOf(lines: readonly string[]): Cue[] {
  const line = lines.findIndex(candidate => timing.test(candidate));
  // A cue has its times in its first line, or in the second below its name.
  if (line < 0 || line > 1) return [];
  const [, ...parts] = timing.exec(lines[line] ?? '') ?? [];
  const payload = lines.slice(line + 1).join('\n');
  const text = decoded(payload.replace(/<[^>]*>/g, '')).trim();
  if (text === '') return [];
  const speaker = /<v(?:\.[^\s>]*)?\s+([^>]+)>/.exec(payload)?.[1]?.trim();
  return [{ from: seconds(parts.slice(0, 4)), to: seconds(parts.slice(4)), speaker, text }];
}

const seconds = ([hours, minutes, whole, thousandths]: readonly (string | undefined)[]): number =>
  Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(whole) + Number(thousandths) / 1000;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', nbsp: '\u00A0', lrm: '', rlm: '' };
const decoded = (text: string): string => text.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole);

/** The cue that is said at a place, else the last before it; -1 before the first. */
export const cueAt = (cues: readonly Cue[], place: number): number => cues.findLastIndex(({ from }) => from <= place);
