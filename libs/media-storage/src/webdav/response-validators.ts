import type { StorageAnswer } from './storage-exchange.js';

/** What a storage says of the state of a file. */
export interface Validators {
  readonly entityTag: string | undefined;
  readonly lastModified: Date | undefined;
}

export function validatorsOf({ headers }: StorageAnswer): Validators {
  const entityTag = headers.etag?.replace(/^W\//, '');
  const time = Date.parse(headers['last-modified'] ?? '');
  return { entityTag, lastModified: Number.isNaN(time) ? undefined : new Date(time) };
}

export function sameState(now: Validators, then: Validators): boolean {
  return now.entityTag === then.entityTag && now.lastModified?.getTime() === then.lastModified?.getTime();
}

/** What a Content-Range field says. */
export interface ContentRange {
  /** Undefined in a 416. */
  readonly start: number | undefined;
  /** Exclusive. */
  readonly end: number;
  /** Undefined for `*`: the storage does not say how long the file is. */
  readonly size: number | undefined;
}

/** `bytes 0-99/1000`, `bytes 0-99/*` or, in a 416, `bytes *` + `/1000` (RFC 9110, 14.4). */
export function parseContentRange(header: string | undefined): ContentRange | undefined {
  const match = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)$/i.exec(header?.trim() ?? '');
  if (match === null) return undefined;
  const [, start, last, size] = match;
  if (start === undefined && size === '*') return undefined;
  return {
    start: start === undefined ? undefined : Number(start),
    end: last === undefined ? 0 : Number(last) + 1,
    size: size === '*' ? undefined : Number(size),
  };
}

/** A range under the status of the whole file: its length would be taken for that of the file. */
export const isPartAsWhole = ({ status, headers }: StorageAnswer): boolean =>
  status === 200 && headers['content-range'] !== undefined;

/** What gateways to object stores send with bytes that are the stored ones. */
const noCodings = ['', 'identity', 'none', 'aws-chunked'];

/** Whether the body is something else than the stored bytes: we ask for identity, and a server may not listen. */
export const isCoded = ({ headers }: StorageAnswer): boolean =>
  (headers['content-encoding'] ?? '').split(',').some(coding => !noCodings.includes(coding.trim().toLowerCase()));

/** The length of the body; undefined when the storage does not say it, or sends something else than the stored bytes. */
export function contentLengthOf(answer: StorageAnswer): number | undefined {
  const length = answer.headers['content-length'] ?? '';
  return !isCoded(answer) && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
