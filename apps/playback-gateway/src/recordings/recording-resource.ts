import type { JsonObject, MediaFile, Recording } from '#store';
import { isScreen } from './screen-recording-urls.js';
import { withoutEnvelope } from '../envelopes/envelope-in-metadata.js';

/**
 * The recording as `/api/v2` answers it; the envelope and the place in the storage stay inside.
 * @param lengths bytes of the media, by media id, as far as they are known; they stand where the recorder said no `size`
 * @param screenUrl where screens play, in the place of `externalUrl`
 */
export function recordingResource(
  recording: Recording,
  externalUrl: string,
  lengths: ReadonlyMap<string, number> = new Map(),
  screenUrl: string = externalUrl,
): JsonObject {
  const { id, region, callerPhoneNumber, dialedPhoneNumber, startTime, stopTime, eventHistory, additional } = recording;
  return withoutUndefined({
    ...additional,
    id,
    callerPhoneNumber,
    dialedPhoneNumber,
    startTime,
    stopTime,
    region,
    mediaFiles: recording.mediaFiles.map(file =>
      mediaFileResource(recording.id, file, isScreen(file) ? screenUrl : externalUrl, lengths.get(file.mediaId)),
    ),
    eventHistory,
  });
}

/** The play path without the API prefix, as Genesys RCS writes it into `mediaPath` and `playPath`. */
export function playPathOf(recordingId: string, file: MediaFile): string {
  return `/recordings/${encodeURIComponent(recordingId)}/play/${encodeURIComponent(file.leaf)}`;
}

/** Milliseconds from the one time to the other, as a text; undefined where they are missing, no times, or in disorder. */
function durationBetween(startTime: string | undefined, stopTime: string | undefined): string | undefined {
  const milliseconds = Date.parse(stopTime ?? '') - Date.parse(startTime ?? '');
  return milliseconds >= 0 ? String(milliseconds) : undefined;
}

function mediaFileResource(
  recordingId: string,
  file: MediaFile,
  externalUrl: string,
  length: number | undefined,
): JsonObject {
  const { mediaId, type, startTime, stopTime, callUUID, duration, size, tenant, ivrprofile, parameters, certAlias } =
    file;
  const path = playPathOf(recordingId, file);
  return withoutUndefined({
    ...withoutEnvelope(file.additional),
    mediaUri: `${externalUrl}/api/v2${path}`,
    mediaPath: path,
    playPath: path,
    startTime,
    stopTime,
    callUUID,
    mediaId,
    type,
    duration: duration ?? durationBetween(startTime, stopTime),
    size: size ?? length?.toString(),
    tenant,
    ivrprofile,
    parameters,
    certAlias,
  });
}

function withoutUndefined(values: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as JsonObject;
}
