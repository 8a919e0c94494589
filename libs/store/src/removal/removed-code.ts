import type { ErrorCode } from '#platform';

/** Why the id of a removed recording is taken no more: what another contact center removed is its own business. */
export const removedCode = (goneFrom: string, contactCenter: string): ErrorCode =>
  goneFrom === contactCenter ? 'RCS_RECORDING_REMOVED' : 'RCS_RECORDING_EXISTS';
