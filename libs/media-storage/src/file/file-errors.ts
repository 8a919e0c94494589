import { RcsError } from '#platform';

const codes = {
  ENOENT: 'RCS_STORAGE_FILE_MISSING',
  ENOTDIR: 'RCS_STORAGE_FILE_MISSING',
  ENAMETOOLONG: 'RCS_STORAGE_FILE_MISSING',
  EACCES: 'RCS_STORAGE_ACCESS_REFUSED',
  EPERM: 'RCS_STORAGE_ACCESS_REFUSED',
  EROFS: 'RCS_STORAGE_ACCESS_REFUSED',
} as const;

/** What whoever waits for a file to be written has to hear. */
const details = {
  ENOSPC: 'the storage has no room left',
  EDQUOT: 'the storage has no room left for this user',
  EROFS: 'the storage is only read',
} as const;

/** What a failed call of the operating system means for the caller. */
export function fileError(error: unknown): unknown {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (error instanceof RcsError || syscall === undefined || code === undefined) return error;
  const known = Object.hasOwn(codes, code) ? codes[code as keyof typeof codes] : 'RCS_STORAGE_FAILED';
  const detail = Object.hasOwn(details, code) ? { publicDetail: details[code as keyof typeof details] } : {};
  return new RcsError(known, `the file storage failed (${code})`, { cause: error, ...detail });
}
