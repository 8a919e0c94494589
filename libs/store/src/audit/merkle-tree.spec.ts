import { hash } from 'node:crypto';
import fc from 'fast-check';
import { emptyRoot, GrowingTree, leafOfRecord, nodeAbove, rootFromPath, splitOf } from './merkle-tree.js';

const leafOf = (content: Buffer): Buffer => hash('sha256', Buffer.concat([Buffer.of(0), content]), 'buffer');

/** The definitions of RFC 9162, 2.1.1 and 2.1.3.1, word for word. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return emptyRoot;
  if (leaves.length === 1) return first;
  const split = splitOf(leaves.length);
  return nodeAbove(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

function pathOf(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  return index < split
    ? [...pathOf(index, leaves.slice(0, split)), rootOf(leaves.slice(split))]
    : [...pathOf(index - split, leaves.slice(split)), rootOf(leaves.slice(0, split))];
}

describe('the tree over a chain', () => {
  it('has the roots that Certificate Transparency publishes for its eight leaves', () => {
    const contents = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ];
    const tree = new GrowingTree();
    const roots = contents.map(content => {
      tree.add(leafOf(Buffer.from(content, 'hex')));
      return tree.root().toString('hex');
    });
    expect(roots.at(0)).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(roots.at(6)).toBe('ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c');
    expect(roots.at(7)).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  it('has the hash of nothing as its root without leaves', () => {
    expect(new GrowingTree().root().toString('hex')).toBe(hash('sha256', '', 'hex'));
  });

  it('has as a leaf the bytes of the hash of a record', () => {
    expect(leafOfRecord('ab'.repeat(32))).toEqual(leafOf(Buffer.from('ab'.repeat(32), 'hex')));
  });

  it('proves every leaf, and no other leaf, place, size or path', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(), (size, seed) => {
        const leaves = Array.from({ length: size }, (_, index) => leafOf(Buffer.from(`${index}`)));
        const index = seed % size;
        const [leaf, path, root] = [leaves[index]!, pathOf(index, leaves), rootOf(leaves)];
        expect(rootFromPath(leaf, index, size, path)).toEqual(root);
        expect(rootFromPath(leafOf(Buffer.from('other')), index, size, path)).not.toEqual(root);
        expect(rootFromPath(leaf, index, size, [...path, root])).not.toEqual(root);
        if (path.length > 0) {
          expect(rootFromPath(leaf, index, size, path.slice(1))).not.toEqual(root);
          expect(rootFromPath(leaf, (index + 1) % size, size, path)).not.toEqual(root);
        }
      }),
    );
  });

  it.each([
    [-1, 4],
    [4, 4],
    [0, 0],
    [0.5, 4],
    [Number.NaN, 4],
  ])('has no leaf %d of %d', (index, size) => {
    expect(rootFromPath(leafOf(Buffer.alloc(0)), index, size, [])).toBeUndefined();
  });
});
