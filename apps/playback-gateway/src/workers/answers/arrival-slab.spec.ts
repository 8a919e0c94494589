import { ArrivalSlab, type ArrivedPiece } from './arrival-slab.js';

const bytes = 64 * 1024;

/** Fills the slab with a value, as the system does. */
function filled(slab: ArrivalSlab, value: number): ArrivedPiece {
  slab.room.fill(value);
  slab.came(slab.room.length);
  return slab.take();
}

describe(ArrivalSlab.name, () => {
  const addressed = (piece: Buffer): boolean => piece.length > 0;

  it('gives memory back when the last piece of it is disposed of, once', () => {
    const slab = new ArrivalSlab(bytes);
    slab.came(10);
    const first = slab.take();
    const last = filled(slab, 1);
    slab.exchange(bytes);
    first[Symbol.dispose]?.();
    expect([first, last].map(addressed)).toEqual([true, true]);
    last[Symbol.dispose]?.();
    last[Symbol.dispose]?.();
    expect([first, last].map(addressed)).toEqual([false, false]);
  });

  it('fills memory again that was given back of the same body, where that is wanted', () => {
    const slab = new ArrivalSlab(bytes);
    slab.recycle();
    for (let turn = 0; turn < 10; turn++) {
      const piece = filled(slab, 1);
      piece[Symbol.dispose]?.();
      piece[Symbol.dispose]?.();
      expect(piece).toHaveLength(0);
      slab.exchange(bytes);
      const again = filled(slab, 2);
      slab.exchange(bytes);
      expect([again[0], again.at(-1), slab.room.length]).toEqual([2, 2, bytes]);
      expect(slab.room[0] === 2 && slab.room.buffer === again.buffer).toBe(false);
    }
  });

  it('takes the very memory, and holds two of them at most', () => {
    const slab = new ArrivalSlab(bytes);
    slab.recycle();
    const pieces = [1, 2, 3, 4].map(value => {
      const piece = filled(slab, value);
      slab.exchange(bytes);
      return piece;
    });
    for (const piece of pieces) piece[Symbol.dispose]?.();
    slab.exchange(bytes);
    expect(slab.room.every(value => value === 2)).toBe(true);
    slab.exchange(bytes);
    expect(slab.room.every(value => value === 1)).toBe(true);
    slab.exchange(bytes);
    expect(slab.room.every(value => value === 3 || value === 4)).toBe(false);
  });

  it('keeps nothing of a body that has ended, whatever is given back later', () => {
    const slab = new ArrivalSlab(bytes);
    slab.recycle();
    const early = filled(slab, 1);
    slab.exchange(bytes);
    const late = filled(slab, 2);
    slab.exchange(bytes);
    early[Symbol.dispose]?.();
    slab.forget();
    slab.recycle();
    late[Symbol.dispose]?.();
    expect(late).toHaveLength(0);
    slab.exchange(bytes);
    expect(slab.room.every(value => value === 1 || value === 2)).toBe(false);
    const plain = new ArrivalSlab(bytes);
    const piece = filled(plain, 3);
    piece[Symbol.dispose]?.();
    plain.exchange(bytes);
    expect(plain.room.every(value => value === 3)).toBe(false);
  });
});
