import fc from 'fast-check';
import {
  encodeObjectIdentifierContent,
  formatObjectIdentifier,
  isObjectIdentifierContent,
  ObjectIdentifierTable,
} from './object-identifier.js';

describe('object identifiers', () => {
  it.each([
    ['2a864886f70d010703', '1.2.840.113549.1.7.3'],
    ['60864801650304012a', '2.16.840.1.101.3.4.1.42'],
    ['2b0e03021a', '1.3.14.3.2.26'],
    ['8837', '2.999'],
    ['00', '0.0'],
  ])('%s is %s', (content, dotted) => {
    expect(encodeObjectIdentifierContent(dotted).toString('hex')).toBe(content);
    expect(formatObjectIdentifier(Buffer.from(content, 'hex'))).toBe(dotted);
  });

  it('come back as they went', () => {
    const arcs = fc.tuple(fc.nat(2), fc.nat(39), fc.array(fc.nat(), { maxLength: 8 }));
    fc.assert(
      fc.property(arcs, ([first, second, rest]) => {
        const dotted = [first, second, ...rest].join('.');
        expect(formatObjectIdentifier(encodeObjectIdentifierContent(dotted))).toBe(dotted);
      }),
    );
  });

  it.each(['', '80', '2a8648f1', '2a864886f70d0107f1', '2a8001', '8001'])('%p is none', content => {
    expect(isObjectIdentifierContent(Buffer.from(content, 'hex'))).toBe(false);
  });

  it('are recognised in all that is written', () => {
    const arcs = fc.tuple(fc.nat(2), fc.nat(39), fc.array(fc.nat(), { maxLength: 8 }));
    fc.assert(
      fc.property(arcs, ([first, second, rest]) => {
        expect(isObjectIdentifierContent(encodeObjectIdentifierContent([first, second, ...rest].join('.')))).toBe(true);
      }),
    );
  });

  it('are formatted without harm whatever the octets are', () => {
    expect(formatObjectIdentifier(Buffer.alloc(0))).toBe('?');
    expect(formatObjectIdentifier(Buffer.alloc(1_000_000, 0xff))).toBe('?');
    expect(formatObjectIdentifier(Buffer.from('ffffffffffffffffffffffff7f', 'hex'))).toMatch(/^2\.\d+$/);
  });

  it('are looked up by their content', () => {
    const table = new ObjectIdentifierTable({ '1.2.3': 'found' });
    expect(table.get(Buffer.from([42, 3]))).toBe('found');
    expect(table.get(Buffer.from([42, 4]))).toBeUndefined();
  });
});
