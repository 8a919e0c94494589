import { momentOf, timelineOf } from '../../player/timeline.js';
import type { FoundRecording } from './find-recordings.js';

/** Of the media files, as far as the recorder said, and of the event history. */
export function agentsOf({ mediaFiles, eventHistory = [] }: FoundRecording): readonly string[] {
  const ofFiles = mediaFiles.map(({ parameters }) => parameters?.['agentId']);
  const ofEvents = eventHistory.map(({ contact }) => (contact as { userName?: unknown } | undefined)?.userName);
  const named = [...ofFiles, ...ofEvents].filter((name): name is string => typeof name === 'string' && name !== '');
  return [...new Set(named)];
}

const parameterOf = ({ mediaFiles }: FoundRecording, name: string): string | undefined =>
  mediaFiles.map(({ parameters }) => parameters?.[name]).find(value => typeof value === 'string');

export const callerOf = (recording: FoundRecording): string | undefined =>
  recording.callerPhoneNumber ?? parameterOf(recording, 'ani');
export const dialedOf = (recording: FoundRecording): string | undefined =>
  recording.dialedPhoneNumber ?? parameterOf(recording, 'dnis');

/** Seconds that can be played. */
export const lengthOf = ({ mediaFiles }: FoundRecording): number => timelineOf(mediaFiles).duration;

export const isEncrypted = ({ mediaFiles }: FoundRecording): boolean =>
  mediaFiles.some(({ certAlias }) => certAlias !== undefined && certAlias.length > 0);

export const hasScreens = ({ mediaFiles }: FoundRecording): boolean =>
  mediaFiles.some(({ type }) => type.toLowerCase().startsWith('video/'));

/** The language of the page as it is written where somebody is: days before months, or after them. */
const localeOf = (language: string): string => navigator.languages.find(tag => tag.startsWith(language)) ?? language;

/** For people, in their own time and language; undefined where it is no time. */
export function timeText(text: string | undefined, language: string, timeStyle: 'short' | 'medium' = 'medium') {
  const moment = momentOf(text);
  if (moment === undefined) return undefined;
  return new Date(moment * 1000).toLocaleString(localeOf(language), { dateStyle: 'medium', timeStyle });
}

export function dateText(text: string | undefined, language: string): string | undefined {
  const moment = momentOf(text);
  if (moment === undefined) return undefined;
  return new Date(moment * 1000).toLocaleDateString(localeOf(language), { dateStyle: 'medium' });
}
