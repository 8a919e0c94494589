import { errorRegistry, RcsError, type ErrorCode } from '#platform';
import { outcomeOf } from './custody-outcome.js';

/** They say something of whoever asks, of this server or of its parts, and nothing of a media file that was found. */
const aboutTheMedia = /^RCS_(STORAGE|CONTENT_CHANGED|MEDIA_(?!FILE_NOT_FOUND|LOCATION_TAKEN)|ENVELOPE)/;
const notAtReading: readonly ErrorCode[] = ['RCS_STORAGE_FILE_EXISTS', 'RCS_STORAGE_INACTIVE', 'RCS_MEDIA_NOT_PLAIN'];
const ofMedia = (Object.keys(errorRegistry) as ErrorCode[]).filter(
  code => aboutTheMedia.test(code) && !notAtReading.includes(code),
);

describe(outcomeOf.name, () => {
  it.each(ofMedia)('knows what %s says of a media file', code => {
    expect(outcomeOf(new RcsError(code))).toMatchObject({ code });
  });

  it.each(['RCS_KEY_NOT_FOUND', 'RCS_KEY_DISABLED'] as const)('takes %s for a key that is missing', code => {
    expect(outcomeOf(new RcsError(code))).toEqual({ outcome: 'key-missing', code });
  });

  it.each(['RCS_NO_WORKER', 'RCS_VAULT_UNAVAILABLE', 'RCS_TOKEN_UNAVAILABLE', 'RCS_INTERNAL'] as const)(
    'blames no media file for %s',
    code => {
      expect(() => outcomeOf(new RcsError(code))).toThrow(RcsError);
    },
  );
});
