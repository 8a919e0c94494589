import type { Dispatcher } from 'undici';

/** What a storage says of the state of a file. */
export interface Validators {
  readonly entityTag: string | undefined;
  readonly lastModified: Date | undefined;
}

export function validatorsOf({ headers }: Dispatcher.ResponseData): Validators {
  const entityTag = single(headers.etag)?.replace(/^W\//, '');
  const time = Date.parse(single(headers['last-modified']) ?? '');
  return { entityTag, lastModified: Number.isNaN(time) ? undefined : new Date(time) };
}

/** `bytes 0-99/1000` or, in a 416, `bytes *` + `/1000` (RFC 9110, 14.4). `end` is exclusive. */
export function parseContentRange(
  header: string | string[] | undefined,
): { readonly start: number | undefined; readonly end: number; readonly size: number } | undefined {
  const match = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(single(header) ?? '');
  if (match === null) return undefined;
  const [, start, last, size] = match;
  return {
    start: start === undefined ? undefined : Number(start),
    end: last === undefined ? 0 : Number(last) + 1,
    size: Number(size),
  };
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
