import { canonicalJson } from '../canonical-json.js';
import type { Recording } from './recording.js';

/** null where there is no start time or it is none; such recordings are found by their other properties. */
export function epochMilliseconds(time: string | undefined): number | null {
  const milliseconds = Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? null : milliseconds;
}

/** The recording in the form that two inserts are compared in. */
export function withoutLeaves(recording: Recording): string {
  const mediaFiles = recording.mediaFiles.map(mediaFile => ({ ...mediaFile, leaf: undefined, recipients: undefined }));
  return canonicalJson({ ...recording, mediaFiles });
}
