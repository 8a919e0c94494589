import fc from 'fast-check';
import { OriginPatterns } from './origin-pattern.js';

const genesys = new OriginPatterns([
  'http://*.genesys.com',
  'https://*.genesyslab.com:8443',
  'https://Player.Example.com:443',
]);

describe(OriginPatterns.name, () => {
  it.each([
    'http://gax.genesys.com',
    'http://a.b.genesys.com',
    'https://x.genesyslab.com:8443',
    'https://player.example.com',
  ])('allows %s', origin => {
    expect(genesys.match(origin)).toBe(true);
  });

  it.each([
    'http://genesys.com',
    'https://gax.genesys.com',
    'http://gax.genesys.com:8080',
    'http://genesys.com.evil.test',
    'http://gax.genesys.com.evil.test',
    'http://evilgenesys.com',
    'http://evil.test/.genesys.com',
    'http://evil.test?.genesys.com',
    'http://evil.test#.genesys.com',
    'http://evil.test\\.genesys.com',
    'http://evil.test@gax.genesys.com',
    'http://evil.test%2f.genesys.com',
    'http://evil.test:80.genesys.com',
    'http://.genesys.com',
    'http://a..genesys.com',
    'http://gaxXgenesys.com',
    'http://gax.genesysXcom',
    'http://gax.genesys.com\nhttp://evil.test',
    'http://gax.genesys.com http://evil.test',
    'http://gax.genesys.com/',
    'http://gaх.genesys.com',
    'HTTP://GAX.GENESYS.COM',
    'ftp://gax.genesys.com',
    'https://x.genesyslab.com',
    'http://player.example.com',
    'null',
    '',
    'file://',
    '*',
  ])('refuses %j', origin => {
    expect(genesys.match(origin)).toBe(false);
  });

  it('allows nothing where nothing is configured, and everything for *', () => {
    expect(new OriginPatterns([]).match('http://gax.genesys.com')).toBe(false);
    expect(new OriginPatterns(['*']).match('null')).toBe(true);
  });

  it('reads a dot as a dot and several wildcards as labels', () => {
    const patterns = new OriginPatterns(['https://*.eu.*.example.com']);
    expect(patterns.match('https://a.eu.b.example.com')).toBe(true);
    expect(patterns.match('https://a.eu.example.com')).toBe(false);
    expect(patterns.match('https://aXeu.b.example.com')).toBe(false);
  });

  it('never allows an origin whose host does not end with that of the pattern', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), url => {
        const { origin, hostname } = new URL(url);
        const patterns = new OriginPatterns(['http://*.genesys.com', 'https://*.genesys.com']);
        for (const candidate of [url, origin]) {
          expect(patterns.match(candidate)).toBe(candidate === origin && hostname.endsWith('.genesys.com'));
        }
      }),
    );
  });

  it('does not look at endless origins', () => {
    const patterns = new OriginPatterns(['https://*.*.*.*.example.com']);
    expect(patterns.match(`https://${'a.'.repeat(100)}example.com`)).toBe(true);
    expect(patterns.match(`https://${'a.'.repeat(10_000)}example.com`)).toBe(false);
  });
});
