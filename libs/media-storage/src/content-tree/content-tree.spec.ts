import { createHash, randomBytes } from 'node:crypto';
import { ContentTreeBuilder, contentTreeBlockBytes, leafCount, leafOfBlock, rootOfLeaves } from './content-tree.js';

const sha256 = (...parts: readonly Buffer[]): Buffer =>
  parts.reduce((digest, part) => digest.update(part), createHash('sha256')).digest();
const leaf = (data: Buffer): Buffer => sha256(Buffer.of(0), data);
const node = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right);

/** RFC 9162, 2.1.1, as it is written there. */
function merkleTreeHash(entries: readonly Buffer[]): Buffer {
  const [only] = entries;
  if (only === undefined) return sha256();
  if (entries.length === 1) return leaf(only);
  let half = 1;
  while (2 * half < entries.length) half *= 2;
  return node(merkleTreeHash(entries.slice(0, half)), merkleTreeHash(entries.slice(half)));
}

function blocksOf(content: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(content.length / contentTreeBlockBytes) }, (_, index) =>
    content.subarray(index * contentTreeBlockBytes, (index + 1) * contentTreeBlockBytes),
  );
}

function treeOf(content: Buffer, pieceBytes = content.length || 1) {
  const builder = new ContentTreeBuilder();
  for (let at = 0; at < content.length; at += pieceBytes) builder.update(content.subarray(at, at + pieceBytes));
  return builder.finish();
}

describe('the content tree', () => {
  // The example data of Certificate Transparency's reference implementation, roots of 0 to 8 entries.
  const entries = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  it.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [4, 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
    [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
    [6, '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
    [7, 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('has the published root over %i entries', (count, root) => {
    const leaves = entries.slice(0, count).map(entry => leafOfBlock(Buffer.from(entry, 'hex')));
    expect(rootOfLeaves(Buffer.concat(leaves))).toBe(root);
  });

  it('of an empty file is the hash of nothing, without leaves', () => {
    expect(treeOf(Buffer.alloc(0))).toEqual({
      length: 0,
      root: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      leaves: Buffer.alloc(0),
    });
  });

  it('of one byte has one leaf, which is the root', () => {
    const root = sha256(Buffer.of(0x00, 0x61));
    expect(treeOf(Buffer.from('a'))).toEqual({ length: 1, root: root.toString('hex'), leaves: root });
  });

  it('of two blocks and a byte is put together by hand', () => {
    const content = randomBytes(2 * contentTreeBlockBytes + 1);
    const [one, two, three] = [
      leaf(content.subarray(0, 65_536)),
      leaf(content.subarray(65_536, 131_072)),
      leaf(content.subarray(131_072)),
    ];
    expect(treeOf(content)).toEqual({
      length: 131_073,
      root: node(node(one, two), three).toString('hex'),
      leaves: Buffer.concat([one, two, three]),
    });
  });

  const block = contentTreeBlockBytes;
  it.each([block - 1, block, block + 1, 2 * block - 1, 2 * block, 3 * block, 4 * block, 7 * block + 5])(
    'of %i bytes follows the standard, however the bytes come',
    length => {
      const content = randomBytes(length);
      const root = merkleTreeHash(blocksOf(content)).toString('hex');
      for (const pieceBytes of [length, 1000, block, block - 1, block + 1, 3 * block]) {
        const tree = treeOf(content, pieceBytes);
        expect(tree.root).toBe(root);
        expect(tree.leaves).toHaveLength(32 * leafCount(length));
        expect(rootOfLeaves(tree.leaves)).toBe(root);
      }
    },
  );

  it('grows beyond the leaves it began with', () => {
    const content = Buffer.alloc(200 * block, 7);
    expect(treeOf(content, 10 * block).root).toBe(merkleTreeHash(blocksOf(content)).toString('hex'));
  });

  it('is another one for every changed byte, and for content that looks like nodes', () => {
    const content = randomBytes(3 * block);
    const before = treeOf(content).root;
    for (const at of [0, block - 1, block, 3 * block - 1]) {
      const changed = Buffer.from(content);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(treeOf(changed).root).not.toBe(before);
    }
    const { leaves } = treeOf(content.subarray(0, 2 * block));
    expect(treeOf(leaves).root).not.toBe(rootOfLeaves(leaves));
  });

  it('refuses leaves that are not whole', () => {
    expect(() => rootOfLeaves(Buffer.alloc(33))).toThrow(RangeError);
  });
});
