import { lastElements } from './forwarded-field.js';

const read = (value: string) => lastElements(value).map(element => Object.fromEntries(element));

describe(lastElements, () => {
  it.each<readonly [string, readonly object[]]>([
    ['for=192.0.2.60;proto=http;by=203.0.113.43', [{ for: '192.0.2.60', proto: 'http', by: '203.0.113.43' }]],
    ['For="[2001:db8:cafe::17]:4711"', [{ for: '[2001:db8:cafe::17]:4711' }]],
    ['for=192.0.2.43, for=198.51.100.17', [{ for: '192.0.2.43' }, { for: '198.51.100.17' }]],
    ['for=unknown;host="a.test:8443"', [{ for: 'unknown', host: 'a.test:8443' }]],
    ['for="a,b;c=d", for=_hidden', [{ for: 'a,b;c=d' }, { for: '_hidden' }]],
    [String.raw`host="a\"b"`, [{ host: 'a"b' }]],
    ['', []],
    ['nonsense', []],
    ['for=', []],
    ['for=192.0.2.1;', []],
    ['nonsense, for=192.0.2.1', [{ for: '192.0.2.1' }]],
    ['for="192.0.2.9, for=192.0.2.1', [{ for: '192.0.2.1' }]],
    ['for=192.0.2.9, nonsense', []],
  ])('%s', (value, elements) => {
    expect(read(value)).toEqual(elements);
  });

  it('reads no more than the end of a long field', () => {
    expect(read(`${'for=192.0.2.1,'.repeat(10_000)}for=192.0.2.2`).at(-1)).toEqual({ for: '192.0.2.2' });
    expect(read(','.repeat(100_000))).toEqual([]);
  });
});
