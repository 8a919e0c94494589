import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { rcsError } from '../testing/storage-probe.js';
import { contentTreeBlockBytes as block, leafCount, rootOfLeaves } from './content-tree.js';
import { KnownLeaves } from './known-leaves.js';
import { MissingPartsError } from './missing-parts-error.js';
import { contentTreePartBytes, partCount, partsOfRange, placeOfPart, rootsOfParts } from './tree-parts.js';

const wrong = rcsError('RCS_INVALID_VALUE');
const changed = rcsError('RCS_CONTENT_CHANGED');
/** Up to some 130 MiB, so that there are up to nine parts; whole blocks and whole parts oftener than chance has it. */
const lengths = fc.oneof(
  fc.integer({ min: 1, max: 130 * 1024 * 1024 }),
  fc.integer({ min: 1, max: 2000 }).map(blocks => blocks * block),
  fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: -1, max: 1 })).map(([parts, more]) => {
    return parts * contentTreePartBytes + more;
  }),
);

/** A tree over nothing that is stored, with the parts of these numbers. */
function treeOf(length: number, parts: readonly number[]) {
  const all = randomBytes(32 * leafCount(length));
  const leavesOf = (part: number): Buffer => {
    const { start, end } = placeOfPart(part, length);
    return Buffer.from(all.subarray(start, end));
  };
  const leaves = new Map(parts.map(part => [part, leavesOf(part)]));
  return { all, leavesOf, pinned: { length, root: rootOfLeaves(all), leaves: { roots: rootsOfParts(all), leaves } } };
}

/** A length, and a place in it. */
const places = lengths.chain(length => fc.record({ length: fc.constant(length), at: fc.nat(length - 1) }));
const flip = (bytes: Buffer, at: number): Buffer => {
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(at % bytes.length) ^ 1, at % bytes.length);
  return flipped;
};

describe('parts of a content tree', () => {
  it('have the root of the whole tree above them, and all of its leaves', () => {
    fc.assert(
      fc.property(lengths, length => {
        const { all, leavesOf, pinned } = treeOf(length, []);
        const numbers = partsOfRange(0, length);
        expect(numbers).toHaveLength(partCount(length));
        expect(rootOfLeaves(pinned.leaves.roots)).toBe(pinned.root);
        expect(Buffer.concat(numbers.map(leavesOf)).equals(all)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('that a range touches are those of its first byte to its last', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.integer({ min: 1, max: 2 ** 26 }), (start, bytes) => {
        const parts = partsOfRange(start, start + bytes);
        expect(parts[0]).toBe(Math.floor(start / contentTreePartBytes));
        expect(parts.at(-1)).toBe(Math.floor((start + bytes - 1) / contentTreePartBytes));
        expect(partsOfRange(start, start)).toEqual([]);
      }),
    );
  });

  it('prove their own leaves and no others', () => {
    fc.assert(
      fc.property(places, fc.nat(), ({ length, at }, where) => {
        const number = Math.floor(at / block);
        const part = Math.floor(at / contentTreePartBytes);
        const { all, pinned } = treeOf(length, [part]);
        const known = new KnownLeaves(pinned);
        const leaf = all.subarray(32 * number, 32 * number + 32);
        known.require([at, at + 1]);
        known.check(number, leaf);
        expect(() => known.check(number, flip(leaf, where))).toThrow(changed);
        const others = partsOfRange(0, length).filter(other => other !== part);
        const missing = (use: () => void) => {
          try {
            use();
          } catch (error) {
            return (error as MissingPartsError).parts;
          }
          return [];
        };
        expect(missing(() => known.require([0, length]))).toEqual(others);
        expect(missing(() => known.requireAll())).toEqual(others.length === 0 ? [] : 'all');
        if (others[0] !== undefined)
          expect(missing(() => known.check(256 * (others[0] ?? 0), leaf))).toEqual([others[0]]);
      }),
      { numRuns: 50 },
    );
  });

  it('are refused when a leaf or a root is another, when they are cut, and in the place of others', () => {
    fc.assert(
      fc.property(places, fc.nat(), ({ length, at }, where) => {
        const part = Math.floor(at / contentTreePartBytes);
        const { pinned, leavesOf } = treeOf(length, [part]);
        const { roots } = pinned.leaves;
        const own = leavesOf(part);
        const spoiled = [
          { roots, leaves: new Map([[part, flip(own, where)]]) },
          { roots, leaves: new Map([[part, own.subarray(32)]]) },
          { roots, leaves: new Map([[part, own.subarray(1)]]) },
          { roots, leaves: new Map([[part, Buffer.concat([own, own.subarray(0, 32)])]]) },
          { roots, leaves: new Map([[part, Buffer.alloc(0)]]) },
          { roots, leaves: new Map([[partCount(length), own]]) },
          { roots, leaves: new Map([[part === 0 ? 1 : part - 1, own]]) },
          { roots: flip(roots, where), leaves: new Map([[part, own]]) },
          { roots: roots.subarray(32), leaves: new Map([[part, own]]) },
          { roots: Buffer.concat([roots, roots.subarray(0, 32)]), leaves: new Map([[part, own]]) },
        ];
        const good = new KnownLeaves(treeOf(length, []).pinned);
        for (const leaves of spoiled) {
          expect(() => new KnownLeaves({ ...pinned, leaves })).toThrow(wrong);
          if (leaves.leaves.get(part)?.equals(own) !== true) expect(() => good.learn(leaves)).toThrow(wrong);
        }
        expect(() => new KnownLeaves({ ...pinned, root: 'ab'.repeat(32) })).toThrow(wrong);
        // Those of another tree of this length change nothing of what is known.
        const known = new KnownLeaves({ ...pinned, leaves: { roots, leaves: new Map() } });
        expect(() => known.learn(treeOf(length, [part]).pinned.leaves)).toThrow(wrong);
        expect(() => known.learn(treeOf(length, []).all)).toThrow(wrong);
        expect(() => known.require([at, at + 1])).toThrow(MissingPartsError);
      }),
      { numRuns: 50 },
    );
  });

  it('may come one after the other, again, and all at once', () => {
    fc.assert(
      fc.property(places, fc.boolean(), ({ length, at }, inParts) => {
        const { all, leavesOf, pinned } = treeOf(length, []);
        const known = new KnownLeaves(pinned);
        const { roots } = pinned.leaves;
        const numbers = partsOfRange(0, length);
        const half = Math.ceil(numbers.length / 2);
        for (const some of inParts ? [numbers.slice(half), numbers, numbers] : [])
          known.learn({ roots, leaves: new Map(some.map(part => [part, leavesOf(part)])) });
        if (!inParts) known.learn(all);
        known.requireAll();
        const number = Math.floor(at / block);
        known.check(number, all.subarray(32 * number, 32 * number + 32));
      }),
      { numRuns: 50 },
    );
  });
});
