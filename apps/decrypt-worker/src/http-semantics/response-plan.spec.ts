import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { Representation } from './representation.js';
import {
  bodyLength,
  planResponse,
  takeBytes,
  skipBytes,
  type BodySegment,
  type PlannedRequest,
} from './response-plan.js';

const media = randomBytes(100);
const representation: Representation = {
  length: media.length,
  entityTag: '"current"',
  lastModified: new Date('2026-03-02T09:15:30Z'),
  contentType: 'audio/mpeg',
};
const validators = {
  'accept-ranges': 'bytes',
  etag: '"current"',
  'last-modified': 'Mon, 02 Mar 2026 09:15:30 GMT',
};

const plan = (request: Omit<PlannedRequest, 'method'>, method: 'GET' | 'HEAD' = 'GET', of = representation) =>
  planResponse({ method, ...request }, of);

/** The bytes a body stands for. */
function bytesOf(body: readonly BodySegment[], of: Buffer = media): Buffer {
  return Buffer.concat(
    body.map(segment => ('literal' in segment ? segment.literal : of.subarray(segment.range.start, segment.range.end))),
  );
}

describe(planResponse.name, () => {
  it('answers 200 with the whole', () => {
    const { status, headers, body } = plan({});
    expect({ status, headers }).toEqual({
      status: 200,
      headers: { ...validators, 'content-type': 'audio/mpeg', 'content-length': '100' },
    });
    expect(bytesOf(body)).toEqual(media);
  });

  it('answers 206 with one range', () => {
    const { status, headers, body } = plan({ range: 'bytes=10-19' });
    expect({ status, headers }).toEqual({
      status: 206,
      headers: {
        ...validators,
        'content-type': 'audio/mpeg',
        'content-length': '10',
        'content-range': 'bytes 10-19/100',
      },
    });
    expect(bytesOf(body)).toEqual(media.subarray(10, 20));
  });

  it('answers one satisfiable range of a set like a single range, not as multipart', () => {
    expect(plan({ range: 'bytes=200-300,-5' }).headers).toMatchObject({ 'content-range': 'bytes 95-99/100' });
  });

  it('answers 206 with several ranges as multipart/byteranges, byte by byte', () => {
    const { status, headers, body } = plan({ range: 'bytes=0-0,-1' });
    expect(status).toBe(206);
    expect(headers).not.toHaveProperty('content-range');
    const boundary = /^multipart\/byteranges; boundary=([A-Za-z0-9-]{1,70})$/.exec(headers['content-type']!)![1]!;
    const expected = Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Type: audio/mpeg\r\nContent-Range: bytes 0-0/100\r\n\r\n`),
      media.subarray(0, 1),
      Buffer.from(`\r\n--${boundary}\r\nContent-Type: audio/mpeg\r\nContent-Range: bytes 99-99/100\r\n\r\n`),
      media.subarray(99),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    expect(bytesOf(body)).toEqual(expected);
    expect(headers['content-length']).toBe(String(expected.length));
  });

  it('derives the boundary, so that other media and other ranges have another one', () => {
    const boundary = (range: string, entityTag = '"current"') =>
      plan({ range }, 'GET', { ...representation, entityTag }).headers['content-type'];
    expect(boundary('bytes=0-0,-1')).toBe(boundary('bytes=0-0,99-'));
    expect(boundary('bytes=0-0,-1')).not.toBe(boundary('bytes=0-1,-1'));
    expect(boundary('bytes=0-0,-1')).not.toBe(boundary('bytes=0-0,-1', '"other"'));
  });

  it('answers 416 with the length and no body', () => {
    expect(plan({ range: 'bytes=100-' })).toEqual({
      status: 416,
      headers: { ...validators, 'content-range': 'bytes */100', 'content-length': '0' },
      body: [],
    });
  });

  it('answers 304 with the validators, without Content-Length and body', () => {
    expect(plan({ ifNoneMatch: '"current"' })).toEqual({ status: 304, headers: validators, body: [] });
  });

  it('answers 412 without a body', () => {
    expect(plan({ ifMatch: '"other"' })).toMatchObject({ status: 412, headers: { 'content-length': '0' }, body: [] });
  });

  it('evaluates preconditions before the range', () => {
    expect(plan({ ifMatch: '"other"', range: 'bytes=500-' }).status).toBe(412);
    expect(plan({ ifNoneMatch: '"current"', range: 'bytes=0-1' }).status).toBe(304);
    expect(plan({ ifMatch: '"current"', range: 'bytes=500-' }).status).toBe(416);
  });

  it.each([
    ['"current"', 206],
    ['"other"', 200],
    ['W/"current"', 200],
    ['Mon, 02 Mar 2026 09:15:30 GMT', 206],
    ['Mon, 02 Mar 2026 09:15:31 GMT', 200],
  ])('If-Range: %s answers %i', (ifRange, status) => {
    expect(plan({ range: 'bytes=0-1', ifRange }).status).toBe(status);
  });

  it('sends the whole, not 416, when If-Range fails and the range lies beyond the end', () => {
    expect(plan({ range: 'bytes=100-', ifRange: '"other"' }).status).toBe(200);
  });

  it('answers HEAD with the fields of the whole, ignoring Range, and no body', () => {
    const { status, headers } = plan({});
    expect(plan({ range: 'bytes=0-1' }, 'HEAD')).toEqual({ status, headers, body: [] });
    expect(plan({ ifNoneMatch: '*' }, 'HEAD').status).toBe(304);
  });

  it('answers zero-length media with an empty body', () => {
    const empty = { ...representation, length: 0 };
    const answer = plan({}, 'GET', empty);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '0' }, body: [] });
    expect(plan({ range: 'bytes=0-' }, 'GET', empty)).toMatchObject({
      status: 416,
      headers: { 'content-range': 'bytes */0' },
    });
    expect(plan({ range: 'bytes=-5' }, 'GET', empty).status).toBe(200);
  });

  it('leaves Last-Modified out when nobody knows it', () => {
    expect(plan({}, 'GET', { ...representation, lastModified: undefined }).headers).not.toHaveProperty('last-modified');
  });
});

describe(skipBytes.name, () => {
  const part = fc.option(fc.nat(120), { nil: undefined });
  const spec = fc.tuple(part, part).map(([first, last]) => `${first ?? ''}-${last ?? ''}`);
  const ascendingSet = fc
    .uniqueArray(fc.nat(110), { minLength: 2, maxLength: 16 })
    .map(positions => positions.sort((a, b) => a - b))
    .map(positions =>
      positions.flatMap((first, index) => (index % 2 === 0 ? [`${first}-${positions[index + 1] ?? ''}`] : [])),
    );
  const range = fc
    .oneof(fc.array(spec, { minLength: 1, maxLength: 4 }), ascendingSet)
    .map(specs => `bytes=${specs.join(',')}`);
  const conditions = {
    range: fc.option(range, { nil: undefined }),
    ifRange: fc.constantFrom(undefined, '"current"', '"other"'),
    ifNoneMatch: fc.constantFrom(undefined, undefined, undefined, '"current"'),
  };
  const request = fc.record({ method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD'), ...conditions });

  it('continues the body of any request at any byte', () => {
    fc.assert(
      fc.property(request, fc.nat(100), fc.double({ min: 0, max: 1.2, noNaN: true }), (asked, length, share) => {
        const { body } = planResponse(asked, { ...representation, length });
        const all = bytesOf(body, media.subarray(0, length));
        const offset = Math.floor(all.length * share);
        const rest = skipBytes(body, offset);
        expect(bytesOf(rest, media.subarray(0, length))).toEqual(all.subarray(offset));
        expect(bodyLength(rest)).toBe(Math.max(0, all.length - offset));
        const first = takeBytes(body, offset);
        expect(bytesOf(first, media.subarray(0, length))).toEqual(all.subarray(0, offset));
      }),
      { numRuns: 500 },
    );
  });

  it('announces exactly the bytes of the body', () => {
    fc.assert(
      fc.property(request, fc.nat(100), (asked, length) => {
        const { status, headers, body } = planResponse(asked, { ...representation, length });
        if (status === 304 || asked.method === 'HEAD') expect(body).toEqual([]);
        else expect(headers['content-length']).toBe(String(bytesOf(body, media.subarray(0, length)).length));
      }),
    );
  });

  it('leaves nothing at and beyond the end', () => {
    const { body } = plan({ range: 'bytes=0-0,-1' });
    expect(skipBytes(body, bodyLength(body))).toEqual([]);
    expect(skipBytes(body, Number.MAX_SAFE_INTEGER)).toEqual([]);
  });
});
