import { hash } from 'node:crypto';

/**
 * Bytes of a stored file that are a file of their own: what a member of a mounted archive is. They are only read, and only
 * while the file around them is the one of which the window was made.
 */
export interface ByteWindow {
  readonly start: number;
  /** Of the first byte behind it. */
  readonly end: number;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Of the whole file, as `versionOfFile` writes it. */
  readonly version: string;
}

const number = '(0|[1-9]\\d{0,15})';
/** One text for one window: what compares locations compares texts. */
const form = new RegExp(`^bytes=${number}-${number}/${number}&version=([0-9a-f]{32})$`);

/** Whether a path names bytes of a file and not a whole one. */
export const namesWindow = (path: string): boolean => path.includes('#');

/** A path with the window that stands behind it, as the fragment of a URL does. */
export const pathOfWindow = (path: string, { start, end, size, version }: ByteWindow): string =>
  `${path}#bytes=${start}-${end - 1}/${size}&version=${version}`;

/** The path of the file, and the window in it; undefined where what stands behind the path is none. */
export function splitWindow(written: string): { readonly path: string; readonly window?: ByteWindow } | undefined {
  if (!namesWindow(written)) return { path: written };
  const at = written.indexOf('#');
  const [, first, last, total, version = ''] = form.exec(written.slice(at + 1)) ?? [];
  const [start, end, size] = [Number(first), Number(last) + 1, Number(total)];
  if (![start, end, size].every(Number.isSafeInteger) || start >= end || end > size) return undefined;
  return { path: written.slice(0, at), window: { start, end, size, version } };
}

/** A file as its storage tells of it. */
interface FileState {
  readonly size: number;
  readonly entityTag: string | undefined;
  readonly lastModified: Date | undefined;
}

/** What changes when a file is replaced: its length, and its entity tag, or its time where it has none. */
export function versionOfFile({ size, entityTag, lastModified }: FileState): string {
  const state = JSON.stringify([size, entityTag ?? lastModified?.toISOString() ?? null]);
  return hash('sha256', state, 'hex').slice(0, 32);
}
