import type { ErrorCode } from '#platform';

/** What may go wrong when a recording is looked up by its id, here and in the RWS that has those which are not here. */
export const problemsOfRecordings: readonly ErrorCode[] = [
  'RCS_RECORDING_NOT_FOUND',
  'RCS_RECORDING_SOURCE_UNAVAILABLE',
  'RCS_RECORDING_SOURCE_REFUSED',
];
