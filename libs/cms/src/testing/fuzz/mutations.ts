import { readElementHeader } from '../../asn1/element-header.js';
import { encodeHeader } from '../../asn1/der-encoder.js';

/** A repeatable source of random numbers: [0, limit). */
export type Random = (limit: number) => number;

/** mulberry32: small, fast, and the same everywhere for one seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return limit => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

interface Span {
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const interestingLengths = [
  '00',
  '80',
  '81ff',
  '820000',
  '8400ffffff',
  '84ffffffff',
  '8800000000000000ff',
  'ff',
  'fe01',
];
const interestingTags = [
  0x00, 0x02, 0x04, 0x05, 0x06, 0x24, 0x30, 0x31, 0x80, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0x1f, 0xbf,
];

const mutations: readonly Mutation[] = [
  (bytes, random) => setByte(bytes, random(bytes.length), random(256)),
  (bytes, random) => setByte(bytes, random(bytes.length), (bytes[random(bytes.length)] ?? 0) ^ (1 << random(8))),
  (bytes, random) => bytes.subarray(0, random(bytes.length)),
  (bytes, random) => splice(bytes, random(bytes.length + 1), 0, Buffer.alloc(1 + random(20), random(256))),
  (bytes, random) => {
    const { start } = pickElement(bytes, random);
    return setByte(bytes, start, interestingTags[random(interestingTags.length)] ?? 0);
  },
  (bytes, random) => {
    const { start, contentStart } = pickElement(bytes, random);
    const length = Buffer.from(interestingLengths[random(interestingLengths.length)] ?? '', 'hex');
    return splice(bytes, start + 1, contentStart - start - 1, length);
  },
  (bytes, random) => {
    const { start, end } = pickElement(bytes, random);
    return splice(bytes, start, end - start, Buffer.alloc(0));
  },
  (bytes, random) => {
    const { start, end } = pickElement(bytes, random);
    const copies = Array.from({ length: 1 + random(40) }, () => bytes.subarray(start, end));
    return splice(bytes, end, 0, Buffer.concat(copies).subarray(0, 20_000));
  },
  (bytes, random) => {
    const from = pickElement(bytes, random);
    const to = pickElement(bytes, random);
    return splice(bytes, to.start, to.end - to.start, bytes.subarray(from.start, from.end));
  },
  (bytes, random, other) => {
    const from = pickElement(other, random);
    const to = pickElement(bytes, random);
    return splice(bytes, to.start, to.end - to.start, other.subarray(from.start, from.end));
  },
  (bytes, random) => {
    const { start, contentStart, end } = pickElement(bytes, random);
    const content = bytes.subarray(contentStart, end);
    const tag = bytes[start] ?? 0;
    return splice(
      bytes,
      start,
      end - start,
      Buffer.concat([Buffer.from([tag | 0x20, 0x80]), content, Buffer.alloc(2)]),
    );
  },
  (bytes, random) => {
    const { contentStart, end } = pickElement(bytes, random);
    const content = bytes.subarray(contentStart, end);
    const at = random(content.length + 1);
    const segments = [content.subarray(0, at), content.subarray(at)].map(segment =>
      Buffer.concat([encodeHeader(0x04, segment.length), segment]),
    );
    return splice(bytes, contentStart, end - contentStart, Buffer.concat(segments));
  },
  (bytes, random) => splitInPlace(bytes, random),
];

/** Makes two elements of one within the same octets, which leaves everything around them as it was. */
function splitInPlace(bytes: Buffer, random: Random): Buffer {
  const { start, contentStart, end } = pickElement(bytes, random);
  const length = end - contentStart;
  if (contentStart !== start + 2 || length < 2) return bytes;
  const first = random(length - 1);
  const result = setByte(bytes, start + 1, first);
  result[contentStart + first] = bytes[start] ?? 0;
  result[contentStart + first + 1] = length - first - 2;
  return result;
}

/** One to four changes that know of elements; lengths around them are repaired half of the time. */
export function mutate(bytes: Buffer, other: Buffer, random: Random): Buffer {
  let result = Buffer.from(bytes);
  for (let count = 1 + random(4); count > 0 && result.length > 0; count--) {
    result = Buffer.from((mutations[random(mutations.length)] ?? copy)(result, random, other));
  }
  if (random(2) === 0) result = Buffer.from(repairLengths(result, 0));
  return result.subarray(0, maximumInputBytes);
}

const maximumInputBytes = 64 * 1024;
const copy: Mutation = bytes => bytes;

/** Any element that can be found, at any depth; the whole if there is none. */
function pickElement(bytes: Buffer, random: Random): Span {
  const spans: Span[] = [];
  collect(bytes, 0, bytes.length, 0, spans);
  return spans[random(spans.length)] ?? { start: 0, contentStart: 0, end: bytes.length };
}

function collect(bytes: Buffer, from: number, to: number, depth: number, spans: Span[]): void {
  for (let at = from; at < to && depth < 12 && spans.length < 500;) {
    const header = headerAt(bytes, at);
    if (header === undefined) return;
    const end = Math.min(to, header.end ?? to);
    spans.push({ start: at, contentStart: header.contentOffset, end });
    if (header.constructed) collect(bytes, header.contentOffset, end, depth + 1, spans);
    at = Math.max(end, header.contentOffset);
  }
}

/**
 * Gives the definite elements along the path to the last one the lengths they would need, so that a change inside is not
 * refused for the lengths around it.
 */
function repairLengths(bytes: Buffer, depth: number): Buffer {
  const header = headerAt(bytes, 0);
  if (header === undefined || !header.constructed || depth > 6) return bytes;
  const content = bytes.subarray(header.contentOffset);
  const lastChild = offsetOfLastChild(content);
  const repaired = Buffer.concat([
    content.subarray(0, lastChild),
    repairLengths(content.subarray(lastChild), depth + 1),
  ]);
  const head =
    header.end === undefined ? bytes.subarray(0, header.contentOffset) : encodeHeader(header.tag, repaired.length);
  return Buffer.concat([head, repaired]);
}

function offsetOfLastChild(content: Buffer): number {
  let at = 0;
  for (;;) {
    const header = headerAt(content, at);
    if (header?.end === undefined || header.end >= content.length) return at;
    at = header.end;
  }
}

function headerAt(bytes: Buffer, at: number) {
  try {
    return readElementHeader(bytes, at, 0);
  } catch {
    return undefined;
  }
}

function setByte(bytes: Buffer, at: number, value: number): Buffer {
  const result = Buffer.from(bytes);
  if (at < result.length) result[at] = value;
  return result;
}

const splice = (bytes: Buffer, at: number, remove: number, insert: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
