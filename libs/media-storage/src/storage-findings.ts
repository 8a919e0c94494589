import { abortable, RcsError, type ErrorCode } from '#platform';
import type { MediaStorageConfiguration } from './media-storage-configuration.js';
import { abortReason, isUntrusted } from './webdav/storage-errors.js';

/** Whether recordings can be read from a storage now, and what stands in the way. */
export interface StorageFindings {
  /** Whether it answered at all. */
  readonly reachable: boolean;
  /** `unknown` where it did not get so far. */
  readonly credentials: 'accepted' | 'refused' | 'unknown';
  /** `none` over plain HTTP and for directories, `not-checked` where the configuration says so. */
  readonly tls: 'trusted' | 'untrusted' | 'not-checked' | 'none' | 'unknown';
  /** Absent where nothing is the matter. */
  readonly problem?: 'unreachable' | 'untrusted' | 'too-slow' | 'credentials-refused' | 'folder-missing' | 'failing';
}

type Problem = NonNullable<StorageFindings['problem']>;

const problems: Partial<Record<ErrorCode, Problem>> = {
  RCS_STORAGE_UNREACHABLE: 'unreachable',
  RCS_STORAGE_TIMEOUT: 'too-slow',
  RCS_OVERLOADED: 'too-slow',
  RCS_STORAGE_ACCESS_REFUSED: 'credentials-refused',
  RCS_STORAGE_FILE_MISSING: 'folder-missing',
  RCS_STORAGE_FAILED: 'failing',
};
const unanswered: ReadonlySet<Problem> = new Set(['unreachable', 'untrusted', 'too-slow']);

/** What a failure of a probe says of the storage; undefined for what is no failure of the storage. */
function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof RcsError)) return undefined;
  return isUntrusted(error) ? 'untrusted' : problems[error.code];
}

/**
 * What an attempt to read says of a storage.
 * @param signal ends it, also where the machine itself hangs, as it does on a share that is away
 * @param probe rejects with RcsError RCS_STORAGE_* for what stands in the way
 * @throws whatever else the attempt does
 */
export async function judgeProbe(
  { url, trustedCA }: Pick<MediaStorageConfiguration, 'url' | 'trustedCA'>,
  probe: Promise<void>,
  signal: AbortSignal,
): Promise<StorageFindings> {
  const tls = !/^https:/i.test(url) ? 'none' : trustedCA === false ? 'not-checked' : 'trusted';
  try {
    await abortable(probe, signal, () => reasonOf(signal, url));
    return { reachable: true, credentials: 'accepted', tls };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    const reachable = !unanswered.has(problem);
    return {
      reachable,
      credentials:
        problem === 'credentials-refused' ? 'refused' : problem === 'folder-missing' ? 'accepted' : 'unknown',
      tls: reachable || tls !== 'trusted' ? tls : problem === 'untrusted' ? 'untrusted' : 'unknown',
      problem,
    };
  }
}

function reasonOf(signal: AbortSignal, storage: string): Error {
  const reason = abortReason(signal, storage);
  return reason instanceof Error ? reason : new Error('given up', { cause: reason });
}
