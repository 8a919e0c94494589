import { setImmediate as nextTurn } from 'node:timers/promises';
import { endOf, spend, withMemoryLentForNow, withMemoryOfItsOwn, type Piece } from './spent-memory.js';

const kibibyte = 1024;
const memoryOf = (piece: Piece): ArrayBuffer => piece.buffer as ArrayBuffer;
const piece = (bytes = 64 * kibibyte): Piece => Buffer.allocUnsafeSlow(bytes);

describe('the memory of a piece', () => {
  it('is given back at once when the piece is spent, and only once', () => {
    const spent = withMemoryOfItsOwn(piece());
    spend(spent);
    expect([memoryOf(spent).detached, spent.length]).toEqual([true, 0]);
    spend(spent);
  });

  it('that was lent for now is given back when this turn has ended', async () => {
    const spent = withMemoryLentForNow(piece());
    spend(spent);
    expect(memoryOf(spent).detached).toBe(false);
    await nextTurn();
    expect(memoryOf(spent).detached).toBe(true);
  });

  it('stays where nothing was said of it, where it is small, and where it is shared', () => {
    for (const kept of [piece(), withMemoryOfItsOwn(piece(31 * kibibyte)), withMemoryOfItsOwn(Buffer.from('pooled'))]) {
      spend(kept);
      expect(memoryOf(kept).detached).toBe(false);
    }
  });

  it('goes with the end of a piece, not with its beginning', () => {
    const whole = withMemoryOfItsOwn(piece());
    const [beginning, end]: Piece[] = [whole.subarray(0, 10), endOf(whole, 10)];
    spend(beginning!);
    expect(memoryOf(whole).detached).toBe(false);
    spend(end!);
    expect(memoryOf(whole).detached).toBe(true);
    const unsaid = piece();
    spend(endOf(unsaid, 10));
    expect(memoryOf(unsaid).detached).toBe(false);
  });
});
