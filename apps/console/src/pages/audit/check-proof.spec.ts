import { createHash } from 'node:crypto';
import { checkProof, rootOf } from './check-proof.js';

const sha256 = (...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  parts.forEach(part => hash.update(part));
  return hash.digest();
};
const node = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right);

/** The tree as RFC 9162 defines it, from above. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0]!);
  const split = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
  return node(treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}
function pathOf(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const split = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
  return index < split
    ? [...pathOf(index, leaves.slice(0, split)), treeHash(leaves.slice(split))]
    : [...pathOf(index - split, leaves.slice(split)), treeHash(leaves.slice(0, split))];
}

const leaves = Array.from({ length: 13 }, (_, index) => sha256(`record ${index}`));

describe('a proof of the audit in the browser', () => {
  it('leads every record of every tree to its root, and none to another', async () => {
    for (let size = 1; size <= leaves.length; size++) {
      const tree = leaves.slice(0, size);
      const root = treeHash(tree).toString('hex');
      for (let index = 0; index < size; index++) {
        const path = pathOf(index, tree).map(each => Uint8Array.from(each));
        expect(await rootOf(Uint8Array.from(tree[index]!), index, size, path)).toBe(root);
        expect(await rootOf(Uint8Array.from(sha256('another')), index, size, path)).not.toBe(root);
      }
    }
  });

  const salt = 'ab'.repeat(16);
  const commitment = sha256(salt, 'user=alice').toString('hex');
  const previousHash = '0'.repeat(64);
  const covered = `{"commitments":{"user":"${commitment}"},"event":"login","outcome":"done","previousHash":"${previousHash}","sequence":3,"time":"2026-01-01T00:00:00.000Z","version":2,"writer":"gateway one"}`;
  const record = {
    event: 'login' as const,
    outcome: 'done' as const,
    user: 'alice',
    version: 2 as const,
    salts: { user: salt },
    writer: 'gateway one',
    sequence: 3,
    time: '2026-01-01T00:00:00.000Z',
    previousHash,
    hash: sha256(previousHash, covered).toString('hex'),
  };
  const tree = [...leaves.slice(0, 3), Buffer.from(record.hash, 'hex'), ...leaves.slice(4, 9)];
  const proof = {
    record,
    size: tree.length,
    path: pathOf(3, tree).map(each => each.toString('hex')),
    checkpoint: `heads 1 x\nhead gateway%20one 9 ${'0'.repeat(64)} ${treeHash(tree).toString('hex')}\n`,
  };

  it('holds for the record that it was made for, also after its personal fields were erased', async () => {
    expect(await checkProof(proof)).toEqual({ isRecordWhole: true, isInTree: true });
    const nobody = { ...record, user: undefined, salts: undefined };
    const erased = { ...proof, record: { ...nobody, erased: { user: commitment } } };
    expect(await checkProof(erased)).toEqual({ isRecordWhole: true, isInTree: true });
  });

  it.each([
    ['another user', { ...proof, record: { ...record, user: 'bob' } }, { isRecordWhole: false, isInTree: true }],
    ['another event', { ...proof, record: { ...record, event: 'logout' } }, { isRecordWhole: false, isInTree: true }],
    ['another place', { ...proof, record: { ...record, sequence: 2 } }, { isRecordWhole: false, isInTree: false }],
    [
      'another writer',
      { ...proof, checkpoint: proof.checkpoint.replace('one', 'two') },
      { isRecordWhole: true, isInTree: false },
    ],
  ])('does not hold for %s', async (_, forged, findings) => {
    expect(await checkProof(forged)).toEqual(findings);
  });
});
