import fc from 'fast-check';
import { parseBasicCredentials } from './credentials.js';

const header = (text: string | Buffer, scheme = 'Basic'): string =>
  `${scheme} ${Buffer.from(text as string).toString('base64')}`;

describe(parseBasicCredentials.name, () => {
  it('reads the example of RFC 7617', () => {
    expect(parseBasicCredentials('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==')).toEqual({
      userName: 'Aladdin',
      password: 'open sesame',
    });
  });

  it('reads the UTF-8 example of RFC 7617', () => {
    expect(parseBasicCredentials('Basic dGVzdDoxMjPCow==')).toEqual({ userName: 'test', password: '123£' });
  });

  it.each(['basic', 'BASIC', 'bAsIc'])('takes the scheme %s in any case', scheme => {
    expect(parseBasicCredentials(header('a:b', scheme))).toEqual({ userName: 'a', password: 'b' });
  });

  it.each([
    ['anthony:pass:word', 'pass:word'],
    ['anthony::', ':'],
    ['anthony:', ''],
    ['anthony: spaced ', ' spaced '],
  ])('splits %p at the first colon only', (text, password) => {
    expect(parseBasicCredentials(header(text))).toEqual({ userName: 'anthony', password });
  });

  it('takes base64 without padding and several spaces behind the scheme', () => {
    expect(parseBasicCredentials(`Basic   ${Buffer.from('a:bcd').toString('base64').replace(/=+$/, '')}`)).toEqual({
      userName: 'a',
      password: 'bcd',
    });
  });

  it.each([
    undefined,
    '',
    'Basic',
    'Basic ',
    'Basic =',
    'Basic !!!!',
    'Basic YTpi YTpi',
    'Basic YTpi, Basic YTpi',
    'Basic YTpi\n',
    'BasicYTpi',
    'XBasic YTpi',
    'Bearer YTpi',
    'Digest username="a"',
    header('no colon'),
    header(':no user name'),
    header(''),
  ])('finds none in %p', value => {
    expect(parseBasicCredentials(value)).toBeUndefined();
  });

  it('survives bytes that are no UTF-8', () => {
    expect(parseBasicCredentials(header(Buffer.from([0x61, 0x3a, 0xff, 0xfe])))).toEqual({
      userName: 'a',
      password: '\ufffd\ufffd',
    });
  });

  it('gives back any user name without a colon and any password', () => {
    const unicode = fc.string({ unit: 'grapheme' });
    const name = unicode.filter(text => text !== '' && !text.includes(':'));
    fc.assert(
      fc.property(name, unicode, (userName, password) => {
        expect(parseBasicCredentials(header(`${userName}:${password}`))).toEqual({ userName, password });
      }),
    );
  });

  it('takes garbage without complaint', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String().map(text => `Basic ${text}`),
        ),
        value => {
          const credentials = parseBasicCredentials(value);
          if (credentials !== undefined) expect(credentials.userName).not.toBe('');
        },
      ),
    );
  });
});
