import fc from 'fast-check';
import { derEncode } from '../der-encoding.js';
import { canonicalIssuerAndSerialNumber, canonicalName, sameIssuerAndSerialNumber } from './canonical-name.js';

const [sequence, set, objectIdentifier] = [0x30, 0x31, 0x06];
const types = { commonName: '550403', organization: '55040a', country: '550406' } as const;

/** Every way in which libraries write a text that Latin-1 holds. */
const encodings: readonly ((text: string) => Buffer)[] = [
  text => derEncode(0x0c, Buffer.from(text, 'utf8')),
  text => derEncode(0x13, Buffer.from(text, 'latin1')),
  text => derEncode(0x14, Buffer.from(text, 'latin1')),
  text => derEncode(0x1e, Buffer.from(text, 'utf16le').swap16()),
  text => derEncode(0x1c, utf32(text)),
];

/** Of letters below U+0100. */
function utf32(text: string): Buffer {
  const units = Array.from({ length: text.length }, (_, index) => Buffer.of(0, 0, 0, text.charCodeAt(index)));
  return Buffer.concat(units);
}

type Part = readonly [type: string, value: Buffer];

const nameOf = (...parts: readonly (readonly Part[])[]): Buffer =>
  derEncode(
    sequence,
    ...parts.map(attributes =>
      derEncode(
        set,
        ...attributes.map(([type, value]) =>
          derEncode(sequence, derEncode(objectIdentifier, Buffer.from(type, 'hex')), value),
        ),
      ),
    ),
  );

const latinText = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map(code => String.fromCharCode(code)) });
const encoding = fc.constantFrom(...encodings);
/** A text, written by two libraries. */
const writtenTwice = fc
  .tuple(latinText, encoding, encoding)
  .map(([text, one, other]) => [one(text), other(text)] as const);

const sameName = (left: Buffer, right: Buffer): boolean => canonicalName(left) === canonicalName(right);

describe(canonicalName.name, () => {
  it('is the same however the strings are encoded', () => {
    fc.assert(
      fc.property(fc.array(writtenTwice, { minLength: 1, maxLength: 5 }), values => {
        const [one, other] = [0, 1].map(side =>
          nameOf(...values.map(value => [[types.commonName, value[side] ?? Buffer.alloc(0)] as const])),
        );
        expect(sameName(one ?? Buffer.alloc(0), other ?? Buffer.alloc(1))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('has no regard to case and to spaces that say nothing', () => {
    const spaces = fc.string({ unit: fc.constantFrom(' ', '\t', '\u00a0', '\u3000'), minLength: 1, maxLength: 3 });
    const words = fc.array(fc.stringMatching(/^[a-zäéøßœ]{1,6}$/), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(words, fc.array(spaces, { minLength: 5, maxLength: 5 }), fc.boolean(), (parts, gaps, upper) => {
        const spread = `${gaps[4] ?? ''}${parts.map((word, index) => `${word}${gaps[index] ?? ''}`).join('')}`;
        const one = nameOf([[types.organization, derEncode(0x0c, Buffer.from(parts.join(' ')))]]);
        const text = upper ? spread.toUpperCase() : spread;
        const other = nameOf([[types.organization, derEncode(0x0c, Buffer.from(text))]]);
        expect(canonicalName(one)).toBe(canonicalName(other));
      }),
      { numRuns: 500 },
    );
  });

  it('differs where a word, a type of attribute or the order of the parts does', () => {
    const text = (value: string): Buffer => derEncode(0x0c, Buffer.from(value));
    const different = [
      nameOf([[types.commonName, text('Recording')]], [[types.country, text('US')]]),
      nameOf([[types.country, text('US')]], [[types.commonName, text('Recording')]]),
      nameOf([
        [types.commonName, text('Recording')],
        [types.country, text('US')],
      ]),
      nameOf([[types.commonName, text('Recording')]], [[types.organization, text('US')]]),
      nameOf([[types.commonName, text('Recordings')]], [[types.country, text('US')]]),
      nameOf([[types.commonName, text('Recording')]]),
      nameOf([[types.commonName, text('Rec ording')]]),
      // Text that looks like the seam between two parts.
      nameOf([[types.commonName, text('Recording",550406="us')]]),
    ];
    expect(new Set(different.map(canonicalName)).size).toBe(different.length);
  });

  it('takes a part of several attributes for a set', () => {
    const [cn, o] = [
      [types.commonName, derEncode(0x13, Buffer.from('a'))],
      [types.organization, derEncode(0x13, Buffer.from('b'))],
    ] as const;
    expect(sameName(nameOf([cn, o]), nameOf([o, cn]))).toBe(true);
  });

  it('is defined for any bytes; what is no name is equal to itself alone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ maxLength: 60 }), (left, right) => {
        const [one, other] = [Buffer.from(left), Buffer.from(right)];
        expect(sameName(one, Buffer.from(one))).toBe(true);
        if (canonicalName(one).startsWith('der:')) expect(sameName(one, other)).toBe(one.equals(other));
      }),
      { numRuns: 1000 },
    );
  });

  it.each<[string, string]>([
    ['STRASSE', 'straße'],
    ['Οδυσσεύς', 'ΟΔΥΣΣΕΎΣ'],
    ['ﬁle', 'FILE'],
    ['re\u00adcording', 'recording'],
    ['e\u0301', 'é'],
  ])('takes %s for %s', (one, other) => {
    const [left, right] = [one, other].map(text =>
      canonicalName(nameOf([[types.commonName, derEncode(0x0c, Buffer.from(text))]])),
    );
    expect(left).toBe(right);
  });
});

describe(sameIssuerAndSerialNumber.name, () => {
  const issuer = nameOf([[types.commonName, derEncode(0x13, Buffer.from('CA'))]]);
  const named = (octets: string) => ({ issuer, serialNumber: Buffer.from(octets, 'hex') });

  it.each<[string, string, boolean]>([
    ['00ff12', 'ff12', true],
    ['0001', '01', true],
    ['00', '00', true],
    ['', '00', true],
    ['01', '02', false],
    ['0100', '01', false],
  ])('of serial numbers %s and %s says %s', (left, right, same) => {
    expect(sameIssuerAndSerialNumber(named(left), named(right))).toBe(same);
    expect(canonicalIssuerAndSerialNumber(named(left)) === canonicalIssuerAndSerialNumber(named(right))).toBe(same);
  });
});
