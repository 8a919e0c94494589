import type { JsonObject, MediaFile, Recording } from '#store';
import { withoutEnvelope } from '../envelopes/envelope-in-metadata.js';

/** The recording as `/api/v2` answers it; the envelope and the place in the storage stay inside. */
export function recordingResource(recording: Recording, externalUrl: string): JsonObject {
  const { id, region, callerPhoneNumber, dialedPhoneNumber, startTime, stopTime, eventHistory, additional } = recording;
  return withoutUndefined({
    ...additional,
    id,
    callerPhoneNumber,
    dialedPhoneNumber,
    startTime,
    stopTime,
    region,
    mediaFiles: recording.mediaFiles.map(file => mediaFileResource(recording.id, file, externalUrl)),
    eventHistory,
  });
}

/** The play path without the API prefix, as Genesys RCS writes it into `mediaPath` and `playPath`. */
export function playPathOf(recordingId: string, file: MediaFile): string {
  return `/recordings/${encodeURIComponent(recordingId)}/play/${encodeURIComponent(file.leaf)}`;
}

function mediaFileResource(recordingId: string, file: MediaFile, externalUrl: string): JsonObject {
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
    duration,
    size,
    tenant,
    ivrprofile,
    parameters,
    certAlias,
  });
}

function withoutUndefined(values: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as JsonObject;
}
