import { createHash } from 'node:crypto';
import { contentRange, evaluateRange, type ByteRange } from './byte-ranges.js';
import { evaluatePreconditions, rangeApplies, type Conditions } from './preconditions.js';
import type { Representation } from './representation.js';

/** A piece of a body: bytes that are known already, or a range of the plaintext. */
export type BodySegment = { readonly literal: Buffer } | { readonly range: ByteRange };

export interface ResponsePlan {
  readonly status: 200 | 206 | 304 | 412 | 416;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for an answer without a body. */
  readonly body: readonly BodySegment[];
}

export interface PlannedRequest extends Conditions {
  readonly method: 'GET' | 'HEAD';
  readonly range?: string | undefined;
}

/**
 * What to answer to a GET or HEAD of a representation: status, header fields and the pieces of the body. The same
 * request always gives the same bytes, so that another worker can continue a body from any byte.
 */
export function planResponse(request: PlannedRequest, representation: Representation): ResponsePlan {
  const validators = validatorHeaders(representation);
  const condition = evaluatePreconditions(request, representation);
  if (condition === 'failed') return { status: 412, headers: { ...validators, 'content-length': '0' }, body: [] };
  if (condition === 'not-modified') return { status: 304, headers: validators, body: [] };

  const useRange = request.method === 'GET' && rangeApplies(request.ifRange, representation);
  const result = evaluateRange(useRange ? request.range : undefined, representation.length);
  if (result.kind === 'unsatisfiable') {
    const headers = { ...validators, 'content-range': `bytes */${representation.length}`, 'content-length': '0' };
    return { status: 416, headers, body: [] };
  }
  const plan = result.kind === 'whole' ? wholeBody(representation) : partialBody(result.ranges, representation);
  const headers = { ...validators, ...plan.headers };
  return request.method === 'HEAD' ? { ...plan, headers, body: [] } : { ...plan, headers };
}

/** The body without its first `offset` bytes. */
export function skipBytes(body: readonly BodySegment[], offset: number): BodySegment[] {
  const rest: BodySegment[] = [];
  let skip = offset;
  for (const segment of body) {
    const length = segmentLength(segment);
    if (skip >= length) {
      skip -= length;
      continue;
    }
    rest.push(
      'literal' in segment
        ? { literal: segment.literal.subarray(skip) }
        : { range: { start: segment.range.start + skip, end: segment.range.end } },
    );
    skip = 0;
  }
  return rest;
}

/** The first `length` bytes of the body. */
export function takeBytes(body: readonly BodySegment[], length: number): BodySegment[] {
  const taken: BodySegment[] = [];
  let left = length;
  for (const segment of body) {
    if (left <= 0) break;
    if (segmentLength(segment) <= left) taken.push(segment);
    else if ('literal' in segment) taken.push({ literal: segment.literal.subarray(0, left) });
    else taken.push({ range: { start: segment.range.start, end: segment.range.start + left } });
    left -= segmentLength(segment);
  }
  return taken;
}

export function bodyLength(body: readonly BodySegment[]): number {
  return body.reduce((sum, segment) => sum + segmentLength(segment), 0);
}

const segmentLength = (segment: BodySegment): number =>
  'literal' in segment ? segment.literal.length : segment.range.end - segment.range.start;

function validatorHeaders(representation: Representation): Record<string, string> {
  return {
    'accept-ranges': 'bytes',
    etag: representation.entityTag,
    ...(representation.lastModified === undefined
      ? {}
      : { 'last-modified': representation.lastModified.toUTCString() }),
  };
}

function wholeBody({ length, contentType }: Representation): ResponsePlan {
  return {
    status: 200,
    headers: { 'content-type': contentType, 'content-length': String(length) },
    body: length === 0 ? [] : [{ range: { start: 0, end: length } }],
  };
}

function partialBody(ranges: readonly ByteRange[], representation: Representation): ResponsePlan {
  const { length, contentType } = representation;
  const [single] = ranges;
  if (single !== undefined && ranges.length === 1) {
    return {
      status: 206,
      headers: {
        'content-type': contentType,
        'content-length': String(single.end - single.start),
        'content-range': contentRange(single, length),
      },
      body: [{ range: single }],
    };
  }
  const boundary = boundaryFor(ranges, representation);
  const body = [
    ...ranges.flatMap((range, index): BodySegment[] => [
      { literal: Buffer.from(partHeader(boundary, index, contentType, contentRange(range, length))) },
      { range },
    ]),
    { literal: Buffer.from(`\r\n--${boundary}--\r\n`) },
  ];
  const headers = {
    'content-type': `multipart/byteranges; boundary=${boundary}`,
    'content-length': String(bodyLength(body)),
  };
  return { status: 206, headers, body };
}

function partHeader(boundary: string, index: number, contentType: string, range: string): string {
  return `${index === 0 ? '' : '\r\n'}--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Range: ${range}\r\n\r\n`;
}

/** Derived, not random: every worker must produce the same bytes for the same request. */
function boundaryFor(ranges: readonly ByteRange[], representation: Representation): string {
  const digest = createHash('sha256').update(representation.entityTag).update(JSON.stringify(ranges)).digest('hex');
  return `rcs-${digest.slice(0, 32)}`;
}
