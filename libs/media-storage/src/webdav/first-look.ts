import { RcsError } from '#platform';
import type { StorageObserver } from '../media-storage-configuration.js';
import { collect } from './collected-answer.js';
import {
  contentLengthOf,
  isCoded,
  isPartAsWhole,
  parseContentRange,
  validatorsOf,
  type Validators,
} from './response-validators.js';
import { codedError, partAsWholeError, statusError } from './storage-errors.js';
import type { StorageAnswer } from './storage-exchange.js';
import type { WebDavConnection } from './webdav-connection.js';
import type { Window } from './webdav-object.js';

/** What one exchange tells of a file: its size, its state, and the bytes at one end. */
export interface FirstLook {
  readonly size: number;
  readonly validators: Validators;
  readonly window: Window;
}

/** A storage that ignores ranges: files up to this size are taken whole at once. */
const smallFileBytes = 64 * 1024;

/** The size of the file, and which bytes of this answer are wanted: `length` from `start` on. */
interface Opening {
  readonly size: number;
  readonly start: number;
  readonly length: number;
}

/**
 * The first exchange about a file: a range at its head, else at its tail, else HEAD. Apache leaves the length out of its
 * answer to a HEAD of an empty file: one byte is asked for then.
 * @throws RcsError RCS_STORAGE_*
 */
export async function firstLook(
  connection: WebDavConnection,
  observer: StorageObserver,
  target: string,
  { head, tail }: { readonly head: number; readonly tail: number },
  signal: AbortSignal,
): Promise<FirstLook> {
  const asked = head > 0 ? head : tail;
  const range = head > 0 ? `bytes=0-${head - 1}` : tail > 0 ? `bytes=-${tail}` : undefined;
  const longest = Math.max(asked, smallFileBytes);
  let opening: Opening | undefined;
  const answer = await collect(
    connection,
    {
      method: range === undefined ? 'HEAD' : 'GET',
      target,
      headers: { 'accept-encoding': 'identity', ...(range === undefined ? {} : { range }) },
      signal,
      totalTimeoutMs: connection.totalTimeoutMs,
    },
    received => {
      if (isMedia(received.status) && isCoded(received)) throw codedError(connection.name, target);
      if (isPartAsWhole(received)) throw partAsWholeError(connection.name, target);
      opening = openingOf(received, longest);
      // As long as what was asked for: perhaps all of the file, perhaps the range under a wrong status.
      if (received.status === 200 && range !== undefined && opening?.size === asked) opening = undefined;
      if (range !== undefined && opening === undefined && saysNoSize(received, asked)) return 0;
      if (opening === undefined && received.status !== 200) throw statusError(received.status, connection.name, target);
      if (range === undefined) return 0;
      if (received.status === 200 && opening?.size !== 0) observer.rangeIgnored();
      return opening?.length ?? 0;
    },
  );
  observer.received(answer.body.length);
  if (opening === undefined) {
    if (range !== undefined && saysNoSize(answer, asked)) return lookByHead(connection, observer, target, signal);
    if (range === undefined) return firstLook(connection, observer, target, { head: 1, tail: 0 }, signal);
    throw new RcsError('RCS_STORAGE_FAILED', `storage ${connection.name} does not say how long ${target} is`);
  }
  if (range !== undefined && answer.body.length !== opening.length)
    throw new RcsError('RCS_STORAGE_FAILED', `storage ${connection.name} gave fewer bytes than it said`);
  const window = { start: opening.start, bytes: answer.body };
  return { size: opening.size, validators: validatorsOf(answer), window };
}

/**
 * A body without a length, or a range of nobody knows how much: both are legal (RFC 9112, 6.3; RFC 9110, 14.4). A whole
 * file that is as long as the range that was asked for may be that range.
 */
function saysNoSize(answer: StorageAnswer, asked: number): boolean {
  const { status, headers } = answer;
  if (status === 200) return [undefined, asked].includes(contentLengthOf(answer));
  const range = parseContentRange(headers['content-range']);
  return status === 206 && range?.start !== undefined && range.size === undefined;
}

/** The second question about a file whose first answer did not say how long it is; its bytes are read afterwards. */
async function lookByHead(
  connection: WebDavConnection,
  observer: StorageObserver,
  target: string,
  signal: AbortSignal,
): Promise<FirstLook> {
  const headers = { 'accept-encoding': 'identity' };
  const request = { method: 'HEAD', target, headers, signal, totalTimeoutMs: connection.totalTimeoutMs } as const;
  const answer = await collect(connection, request, () => 0);
  if (answer.status !== 200) throw statusError(answer.status, connection.name, target);
  if (isCoded(answer)) throw codedError(connection.name, target);
  const size = contentLengthOf(answer);
  if (size === undefined)
    throw new RcsError('RCS_STORAGE_FAILED', `storage ${connection.name} does not say how long ${target} is`);
  observer.received(0);
  return { size, validators: validatorsOf(answer), window: { start: 0, bytes: Buffer.alloc(0) } };
}

const isMedia = (status: number): boolean => status === 200 || status === 206;

/** Undefined for an answer that does not tell the size of the file, or promises more than was asked for. */
function openingOf(answer: StorageAnswer, longest: number): Opening | undefined {
  const { status, headers } = answer;
  const range = parseContentRange(headers['content-range']);
  const length = contentLengthOf(answer);
  if (status === 200 && length !== undefined) return { size: length, start: 0, length: Math.min(length, longest) };
  if (status === 416 && range?.size === 0) return { size: 0, start: 0, length: 0 };
  if (status !== 206 || range?.start === undefined) return undefined;
  const { start, end, size } = range;
  if (size === undefined) return undefined;
  const proper = start < end && end <= size && (length === undefined || length === end - start);
  return proper && end - start <= longest ? { size, start, length: end - start } : undefined;
}
