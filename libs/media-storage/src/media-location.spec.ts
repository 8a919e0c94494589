import fc from 'fast-check';
import type { RcsError } from '#platform';
import { MediaStorages } from './media-storages.js';
import { resolveLocation, type MediaLocation } from './media-location.js';
import type { MediaStorageConfiguration } from './media-storage-configuration.js';

const settings = {
  trustedCA: true,
  maxConnections: 1,
  connectTimeoutMs: 1000,
  headersTimeoutMs: 1000,
  idleTimeoutMs: 1000,
  totalTimeoutMs: 1000,
} as const;

const storages: readonly MediaStorageConfiguration[] = [
  { storage: 'webDAV', url: 'http://storage.example:8080/recordings', ...settings },
  { storage: 'webDAV', url: 'https://archive.example/old%20calls/', ...settings },
  { storage: 'webDAV', url: 'http://storage.example:8080/recordings/secret', ...settings },
  { storage: 'file', url: 'file:///srv/media', ...settings },
];

const resolve = (path: string, storage = 'webDAV'): MediaLocation =>
  resolveLocation({ storage, path }, 'cc1', storages);
const refusal = expect.objectContaining({ code: 'RCS_MEDIA_LOCATION_REFUSED' }) as RcsError;

describe('locations inside a storage', () => {
  it.each<[string, number, string[]]>([
    ['http://storage.example:8080/recordings/2025/call.bin', 0, ['2025', 'call.bin']],
    ['HTTP://Storage.Example:8080/recordings/call.bin', 0, ['call.bin']],
    ['2025/11/call.bin', 0, ['2025', '11', 'call.bin']],
    ['/2025/call.bin', 0, ['2025', 'call.bin']],
    ['https://archive.example/old%20calls/a.mp3', 1, ['a.mp3']],
    ['https://archive.example:443/old%20calls/a.mp3', 1, ['a.mp3']],
    ['https://archive.example/old calls/a.mp3', 1, ['a.mp3']],
    ['http://storage.example:8080/recordings/secret/a.mp3', 2, ['a.mp3']],
    ['http://storage.example:8080/recordings/secrets.mp3', 0, ['secrets.mp3']],
    ['Grüße aus Köln.mp3', 0, ['Grüße aus Köln.mp3']],
    ['Gr%C3%BC%C3%9Fe%20aus%20K%c3%b6ln.mp3', 0, ['Grüße aus Köln.mp3']],
    ['通話/録音 1.mp4', 0, ['通話', '録音 1.mp4']],
    ['📞.mp3', 0, ['📞.mp3']],
    ['100%.mp3', 0, ['100%.mp3']],
    ['100% of%20it.mp3', 0, ['100% of it.mp3']],
    ['what%3F%23.mp3', 0, ['what?#.mp3']],
    ['a+b&c=d;e@f,g.mp3', 0, ['a+b&c=d;e@f,g.mp3']],
    ['/10:30:00.mp3', 0, ['10:30:00.mp3']],
    // A name with a colon is a name in the first segment, too; an escaped dot is a dot (RFC 3986, 6.2.2.2).
    ['call:1/10:30.mp3', 0, ['call:1', '10:30.mp3']],
    ['sip:agent@example.org/call.mp3', 0, ['sip:agent@example.org', 'call.mp3']],
    ['call%2Emp3', 0, ['call.mp3']],
    ['2025%2e11/a%2Eb', 0, ['2025.11', 'a.b']],
    ['http://storage.example:8080/recordings/call%2Ebin', 0, ['call.bin']],
    ['...mp3', 0, ['...mp3']],
    ['a..b/..c', 0, ['a..b', '..c']],
  ])('%s', (path, storageIndex, segments) => {
    expect(resolve(path)).toEqual({ storageIndex, segments });
  });

  it('knows the kind of storage in any case', () => {
    expect(resolve('a', 'WEBDAV').storageIndex).toBe(0);
    expect(resolve('a', 'file').storageIndex).toBe(3);
    expect(resolve('file:///srv/media/a', 'file')).toEqual({ storageIndex: 3, segments: ['a'] });
    expect(resolve('file://localhost/srv/media/a', 'file')).toEqual({ storageIndex: 3, segments: ['a'] });
  });
});

describe('locations that are refused', () => {
  it.each([
    // other places
    ['http://169.254.169.254/latest/meta-data/'],
    ['http://storage.example/recordings/a'],
    ['http://storage.example:8081/recordings/a'],
    ['https://storage.example:8080/recordings/a'],
    ['http://storage.example.evil.test:8080/recordings/a'],
    ['http://evil.test/?http://storage.example:8080/recordings/a'],
    ['http://evil.test/http://storage.example:8080/recordings/a'],
    ['ftp://storage.example:8080/recordings/a'],
    ['file:///etc/passwd'],
    ['file:///srv/media/a'],
    ['gopher://storage.example:8080/recordings/a'],
    ['data:text/plain,hello'],
    ['javascript:alert(1)'],
    ['http:storage.example:8080/recordings/a'],
    ['http:/storage.example:8080/recordings/a'],
    ['http:///storage.example:8080/recordings/a'],
    // the prefix counts by whole names
    ['http://storage.example:8080/recordings'],
    ['http://storage.example:8080/recordings/'],
    ['http://storage.example:8080/recordings-of-others/a'],
    ['http://storage.example:8080/Recordings/a'],
    ['http://storage.example:8080/other/recordings/a'],
    ['http://storage.example:8080'],
    // user information and odd authorities
    ['http://storage.example:8080@evil.test/recordings/a'],
    ['http://user:password@storage.example:8080/recordings/a'],
    ['http://@storage.example:8080/recordings/a'],
    ['http://evil.test%2f@storage.example:8080/recordings/a'],
    ['http://storage.example:8080%40evil.test/recordings/a'],
    ['http://storage.example:8080\\@evil.test/recordings/a'],
    ['http://storage.example :8080/recordings/a'],
    ['//storage.example:8080/recordings/a'],
    ['//evil.test/recordings/a'],
    ['///evil.test/a'],
    ['/\\evil.test/a'],
    ['\\\\evil.test\\share\\a'],
    // dots
    ['..'],
    ['.'],
    ['../a'],
    ['a/../b'],
    ['a/..'],
    ['a/./b'],
    ['http://storage.example:8080/recordings/../etc/passwd'],
    ['http://storage.example:8080/other/../recordings/a'],
    ['http://storage.example:8080/recordings/./../a'],
    ['%2e%2e/a'],
    ['%2E%2E/a'],
    ['.%2e/a'],
    ['a/%2e%2e/b'],
    ['%252e%252e/a'],
    ['a%252Emp3'],
    ['a/%2e'],
    ['%2e./a'],
    ['call:1/../../a'],
    ['call:1/%2e%2e/a'],
    // hidden separators
    ['a%2fb'],
    ['a%2Fb'],
    ['..%2f..%2fetc%2fpasswd'],
    ['a%5cb'],
    ['a%5Cb'],
    ['a%252fb'],
    ['a%255cb'],
    ['a\\b'],
    ['..\\..\\windows\\win.ini'],
    // escapes that are no UTF-8: overlong slash and dot, and a stray byte
    ['a%c0%afb'],
    ['%c0%ae%c0%ae/a'],
    ['caf%e9.mp3'],
    // control characters
    ['a\0b'],
    ['a%00b'],
    ['a\nb'],
    ['a%0ab'],
    ['a%0d%0aHost:%20evil.test'],
    ['a\r\nHost: evil.test'],
    ['a\tb'],
    ['a%7fb'],
    ['a\u0085b'],
    ['a\u2028b'],
    ['\nhttp://evil.test/'],
    [' http://storage.example:8080/recordings/a'],
    // queries and fragments
    ['a?download=1'],
    ['a#t=10'],
    ['http://storage.example:8080/recordings/a?x'],
    ['http://storage.example:8080/recordings/a#x'],
    ['http://evil.test#@storage.example:8080/recordings/a'],
    // nothing, and too much
    [''],
    ['/'],
    ['a/'],
    ['a//b'],
    ['a'.repeat(4097)],
    // half a character
    ['a\ud800b'],
    ['\udc00'],
  ])('%j', path => {
    expect(() => resolve(path)).toThrow(refusal);
  });

  it.each([['ftp'], [''], ['web'], ['__proto__'], ['webDAV\0']])('a storage of kind %j', kind => {
    expect(() => resolve('a', kind)).toThrow(refusal);
  });

  it('says why without naming a place inside the network', () => {
    expect(() => resolve('http://evil.test/a')).toThrow(
      expect.objectContaining({ publicDetail: 'it is in no storage of this contact center' }) as RcsError,
    );
  });
});

it('whatever is accepted becomes a URL below the base, of the same names', () => {
  const pieces = fc.constantFrom(
    '..',
    '.',
    '/',
    '\\',
    '%2e',
    '%2f',
    '%25',
    '%',
    '?',
    '#',
    '@',
    ':',
    'a',
    'ü',
    ' ',
    '\0',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 12 }), parts => {
      const location = tryResolve(parts.join(''));
      if (location === undefined) return;
      const base = new URL(`${storages[location.storageIndex]!.url.replace(/\/$/, '')}/`);
      const url = new URL(location.segments.map(encodeURIComponent).join('/'), base);
      expect(url.origin).toBe(base.origin);
      expect(url.pathname.startsWith(base.pathname)).toBe(true);
      expect(url.pathname.slice(base.pathname.length).split('/').map(decodeURIComponent)).toEqual(location.segments);
    }),
    { numRuns: 2000 },
  );
});

function tryResolve(path: string): MediaLocation | undefined {
  try {
    return resolve(path);
  } catch (error) {
    expect(error).toEqual(refusal);
    return undefined;
  }
}

it('MediaStorages resolves against its own configuration', async () => {
  const media = new MediaStorages(storages);
  expect(media.resolve({ storage: 'webDAV', path: 'a/b' }, 'cc1')).toEqual({ storageIndex: 0, segments: ['a', 'b'] });
  await media.close();
});
