import fc from 'fast-check';
import { element, type LengthForm, lengthForm, primitive } from '../testing/ber-structures.js';
import { outcomeOf } from '../testing/cms-error-matcher.js';
import { toDefiniteLengths } from './canonical-der.js';

type Tree = { readonly leaf: Buffer } | { readonly form: LengthForm; readonly children: readonly Tree[] };

const { tree } = fc.letrec<{ tree: Tree }>(tie => ({
  tree: fc.oneof(
    { depthSize: 'small', maxDepth: 6 },
    fc.uint8Array({ maxLength: 300 }).map(bytes => ({ leaf: Buffer.from(bytes) })),
    fc.record({ form: lengthForm, children: fc.array(tie('tree'), { maxLength: 4 }) }),
  ),
}));

function encode(node: Tree, canonical: boolean): Buffer {
  if ('leaf' in node) return primitive(0x04, node.leaf);
  const children = node.children.map(child => encode(child, canonical));
  return element(0x30, canonical ? 'definite' : node.form, ...children);
}

describe(toDefiniteLengths.name, () => {
  it('gives every structure its one DER form', () => {
    fc.assert(
      fc.property(tree, node => {
        const der = encode(node, true);
        expect(toDefiniteLengths(encode(node, false))).toEqual(der);
        expect(toDefiniteLengths(der)).toEqual(der);
      }),
    );
  });

  it('answers any bytes with DER or a typed error', () => {
    fc.assert(fc.property(fc.uint8Array(), bytes => void outcomeOf(() => toDefiniteLengths(Buffer.from(bytes)))));
    expect(outcomeOf(() => toDefiniteLengths(Buffer.from('30800400', 'hex')))).toBe('CMS_TRUNCATED');
    expect(outcomeOf(() => toDefiniteLengths(Buffer.from('040000', 'hex')))).toBe('CMS_MALFORMED');
    expect(outcomeOf(() => toDefiniteLengths(Buffer.from('1f8100', 'hex')))).not.toBe('success');
  });
});
