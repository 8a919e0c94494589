import type { Piece } from '#spent-memory';
import { joinedPieces } from './joined-pieces.js';

const chunkBytes = 10_000;

describe(joinedPieces.name, () => {
  let disposed: number[];
  const disposable = (piece: Buffer, index: number): Piece =>
    Object.assign(piece, { [Symbol.dispose]: () => void disposed.push(index) });
  const memory = Buffer.from(Array.from({ length: 20 * chunkBytes }, (_, at) => at % 251));
  /** Some of the memory, from one chunk to another one. */
  const chunks = (from: number, to: number): Buffer => memory.subarray(from * chunkBytes, to * chunkBytes);
  const single = Array.from({ length: 20 }, (_, at) => at);

  beforeEach(() => (disposed = []));

  it('copies small ones into one that disposes of all of them', () => {
    const small = single.slice(0, 8).map(at => disposable(Buffer.alloc(chunkBytes, at), at));
    const pieces = [...joinedPieces(small)];
    expect(pieces.map(({ length }) => length / chunkBytes)).toEqual([4, 4]);
    expect(Buffer.concat(pieces).equals(Buffer.concat(small))).toBe(true);
    expect(disposed).toEqual([]);
    pieces[0]?.[Symbol.dispose]?.();
    expect(disposed).toEqual([0, 1, 2, 3]);
  });

  it('takes those that lie behind one another in memory as one, which is disposed of as the last of them', () => {
    const pieces = [...joinedPieces(single.map(at => (at < 19 ? chunks(at, at + 1) : disposable(chunks(at, 20), at))))];
    expect(pieces.map(piece => piece.buffer === memory.buffer && piece.equals(memory))).toEqual([true]);
    pieces[0]?.[Symbol.dispose]?.();
    expect(disposed).toEqual([19]);
  });

  it('takes no others as one: with a gap between them, in another order, of another memory, or behind its end', () => {
    const other = Buffer.allocUnsafeSlow(20 * chunkBytes).fill(1);
    const ending = disposable(other.subarray(5 * chunkBytes, 10 * chunkBytes), 0);
    const apart = [chunks(0, 4), chunks(5, 9), chunks(1, 5), ending, other.subarray(10 * chunkBytes)];
    expect([...joinedPieces(apart)]).toEqual(apart);
  });

  it('gives nothing of nothing', () => {
    expect([...joinedPieces([])]).toEqual([]);
  });
});
