import type { Random } from '../../../libs/cms/src/testing/fuzz/mutations.js';
import { pick } from './json-samples.js';
import { bytesOf, type MadeRequest } from './made-requests.js';

/** Bytes for one connection, and how the sender goes on when they are sent. */
export interface Sending {
  readonly kind: string;
  readonly bytes: Buffer;
  /** Requests that are whole and well-formed; at least one answer is due in any case. */
  readonly requests: number;
  /** Closes its side at once, in the middle of what it sends. */
  readonly leaves: boolean;
}

const separators = '\r\n\0 :;,"\'{}[]()%=&?/\\.-+\xff\x80\x7f';

/** Replaces, removes, repeats and inserts a few bytes. */
export function garbled(bytes: Buffer, random: Random): Buffer {
  let result = Buffer.from(bytes);
  for (let changes = 1 + random(6); changes > 0 && result.length > 0; changes--) {
    const at = random(result.length);
    const length = random(8);
    const [before, after] = [result.subarray(0, at), result.subarray(at)];
    const piece = Buffer.from(
      Array.from({ length: 1 + length }, () => separators.charCodeAt(random(separators.length))),
    );
    switch (random(5)) {
      case 0:
        result.writeUInt8(random(256), at);
        break;
      case 1:
        result = Buffer.concat([before, after.subarray(length)]);
        break;
      case 2:
        result = Buffer.concat([before, after.subarray(0, length * 20), after]);
        break;
      case 3:
        result = Buffer.concat([before, piece, after]);
        break;
      default:
        result = Buffer.concat([before, piece, after.subarray(length)]);
    }
  }
  return result;
}

/** Bodies that ask for much: deep, long, wide, many. */
const heavyBodies: readonly ((random: Random) => Buffer)[] = [
  random => Buffer.from('['.repeat(20 + random(5000))),
  random => Buffer.from(`${'{"a":'.repeat(10 + random(3000))}1`),
  random => Buffer.from(`${'['.repeat(31)}1${']'.repeat(31 + random(2))}`),
  random =>
    Buffer.from(JSON.stringify(Object.fromEntries(Array.from({ length: random(3000) }, (_, i) => [`f${i}`, i])))),
  random => Buffer.from(JSON.stringify('x'.repeat(random(200_000)))),
  random => Buffer.from(`[${'0,'.repeat(random(20_000))}0]`),
  () => Buffer.from('{"__proto__":{"roles":["admin"]},"constructor":{"prototype":{}}}'),
  () => Buffer.from([0xff, 0xfe, 0, 0x7b, 0, 0x7d]),
  random => Buffer.from(`1${'0'.repeat(random(10_000))}`),
  random =>
    Buffer.from(
      `${Array.from({ length: random(40) }, (_, i) => `--fuzz\r\nContent-Disposition: form-data; name="f${i}"\r\n\r\nv\r\n`).join('')}--fuzz--\r\n`,
    ),
];
const types = [
  'application/json',
  'application/json; charset=utf-16',
  'multipart/form-data; boundary=fuzz',
  'multipart/form-data',
  'application/x-www-form-urlencoded',
  'text/plain',
  'application/problem+json',
  '',
];

/** Framings that contradict themselves or promise what does not come. */
const framings: readonly string[] = [
  'Content-Length: 5\r\nTransfer-Encoding: chunked',
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length: 99999999999999999999',
  'Content-Length: 1000000',
  'Content-Length: -1',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked\r\nTrailer: x',
  'Upgrade: websocket\r\nConnection: Upgrade',
  'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings',
  'Expect: 200-ok',
  'Connection: close, keep-alive',
];

/** One spelling of a path that a careless comparison takes for another path. */
export function respelled(path: string, random: Random): string {
  const parts = path.split('/');
  const at = 1 + random(Math.max(1, parts.length - 1));
  const part = parts[at] ?? '';
  const encoded = (text: string): string =>
    Array.from(text, char => (random(2) === 0 ? `%${char.charCodeAt(0).toString(16).padStart(2, '0')}` : char)).join(
      '',
    );
  parts[at] = pick(
    [
      () => encoded(part),
      () => part.toUpperCase(),
      () => `${part};a=b`,
      () => `./${part}`,
      () => `${part}/..`,
      () => `/${part}`,
      () => `${part}%00`,
      () => `${part}%2f`,
      () => `${part}/`,
      () => `%25${part}`,
      () => `${part}%E0%A4%A`,
    ],
    random,
  )();
  return parts.join('/');
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'CONNECT', 'get', ''];

type Breaker = (request: MadeRequest, random: Random) => Omit<Sending, 'kind'>;

const withBytes = (bytes: Buffer): Omit<Sending, 'kind'> => ({ bytes, requests: 1, leaves: false });
const withRequest = (request: MadeRequest): Omit<Sending, 'kind'> => withBytes(bytesOf(request, true));

/** What is done to a request. */
const breakers: Readonly<Record<string, Breaker>> = {
  whole: withRequest,
  'garbled body': (request, random) => withRequest({ ...request, body: garbled(request.body, random) }),
  'garbled head': (request, random) => {
    const bytes = bytesOf(request, true);
    const head = bytes.length - request.body.length;
    return withBytes(Buffer.concat([garbled(bytes.subarray(0, head), random), bytes.subarray(head)]));
  },
  'heavy body': (request, random) => {
    const fields = request.fields.filter(([name]) => name !== 'Content-Type');
    const body = pick(heavyBodies, random)(random);
    return withRequest({ ...request, body, fields: [...fields, ['Content-Type', pick(types, random)]] });
  },
  'other spelling': (request, random) => {
    const [path = '', ...query] = request.target.split('?');
    return withRequest({ ...request, target: [respelled(path, random), ...query].join('?') });
  },
  'other query': (request, random) => {
    const [path = ''] = request.target.split('?');
    const name = pick(['limit', 'cursor', 'contactCenter', 'ticket', '__proto__', 'a[b]', '%'], random);
    const value = pick(['', '%', '%00', '%E0%A4%A', '1'.repeat(3000), '[object Object]', '-1'], random);
    return withRequest({
      ...request,
      target: `${path}?${Array.from({ length: 1 + random(50) }, () => `${name}=${value}`).join('&')}`,
    });
  },
  'other method': (request, random) => withRequest({ ...request, method: pick(methods, random) }),
  'other framing': (request, random) => {
    const text = bytesOf({ ...request, chunked: false }, true).toString('latin1');
    return withBytes(Buffer.from(text.replace('\r\n\r\n', `\r\n${pick(framings, random)}\r\n\r\n`), 'latin1'));
  },
  'many fields': (request, random) => {
    const more = Array.from({ length: random(300) }, (_, i) => [`X-F${i}`, 'v'.repeat(random(200))] as const);
    return withRequest({ ...request, fields: [...request.fields, ...more] });
  },
};

/** How often each is done, of all. */
const weights: Readonly<Record<keyof typeof breakers, number>> = {
  whole: 12,
  'garbled body': 6,
  'garbled head': 5,
  'heavy body': 3,
  'other spelling': 4,
  'other query': 3,
  'other method': 3,
  'other framing': 1,
  'many fields': 1,
};
const kinds = Object.entries(weights).flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));

/** What is sent of a request in one of those ways. */
export function brokenRequest(request: MadeRequest, random: Random): Sending {
  const kind = pick(kinds, random);
  return { kind, ...breakers[kind]!(request, random) };
}

/** A request that ends after `length` bytes, because its sender leaves. */
export const cutRequest = (request: MadeRequest, length: number): Sending => {
  const bytes = bytesOf(request, true);
  return { kind: 'cut', bytes: bytes.subarray(0, length % (bytes.length + 1)), requests: 0, leaves: true };
};

/** Several whole requests at once on one connection (RFC 9112 section 9.3.2). */
export const pipelined = (requests: readonly MadeRequest[]): Sending => ({
  kind: 'pipelined',
  bytes: Buffer.concat(requests.map((request, index) => bytesOf(request, index === requests.length - 1))),
  requests: requests.length,
  leaves: false,
});
