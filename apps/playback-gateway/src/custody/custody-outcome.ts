import { RcsError, type ErrorCode } from '#platform';
import type { CustodyOutcome } from '#store';

const outcomes: Readonly<Partial<Record<ErrorCode, CustodyOutcome>>> = {
  RCS_KEY_NOT_FOUND: 'key-missing',
  RCS_KEY_AMBIGUOUS: 'key-missing',
  RCS_KEY_DISABLED: 'key-missing',
  RCS_MEDIA_LOCATION_REFUSED: 'storage-missing',
  RCS_STORAGE_FILE_MISSING: 'storage-missing',
  RCS_STORAGE_ACCESS_REFUSED: 'storage-missing',
  RCS_STORAGE_FAILED: 'storage-missing',
  RCS_STORAGE_UNREACHABLE: 'storage-missing',
  RCS_STORAGE_TIMEOUT: 'storage-missing',
  RCS_STORAGE_CHANGED: 'damaged',
  RCS_CONTENT_CHANGED: 'damaged',
  RCS_MEDIA_NOT_RECOGNISED: 'damaged',
  RCS_MEDIA_DECLARED_ENCRYPTED: 'damaged',
  RCS_MEDIA_UNDECRYPTABLE: 'damaged',
  RCS_ENVELOPE_CHANGED: 'damaged',
  RCS_ENVELOPE_UNREADABLE: 'damaged',
};

/**
 * What a failure says of a media file.
 * @throws the failure itself where it says nothing of the media: no worker, no vault, no store; then nothing is known.
 */
export function outcomeOf(error: unknown): { readonly outcome: CustodyOutcome; readonly code: ErrorCode } {
  const outcome = error instanceof RcsError ? outcomes[error.code] : undefined;
  if (outcome === undefined) throw error;
  return { outcome, code: (error as RcsError).code };
}
