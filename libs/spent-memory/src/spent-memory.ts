/** Smaller memory is left to the collector. */
const worthBytes = 32 * 1024;

/** A piece of a stream, which may say what becomes of its memory when nobody needs it any more. */
export type Piece = Buffer & Partial<Disposable>;

/**
 * Lets whoever uses a piece up give its memory back at once: the next piece lies where this one was, in the cache of the
 * processor, instead of in fresh pages of the system.
 * @param piece the last of its memory, which nobody else reads: pieces before it are used up before it
 */
export function withMemoryOfItsOwn(piece: Piece): Piece {
  if (piece.buffer.byteLength >= worthBytes) piece[Symbol.dispose] = giveBack;
  return piece;
}

/** The same, where whoever made the piece is not done with it before this turn of theirs ends. */
export function withMemoryLentForNow(piece: Piece): Piece {
  if (piece.buffer.byteLength >= worthBytes) piece[Symbol.dispose] = giveBackSoon;
  return piece;
}

/** The end of a piece takes over what was said of its memory. */
export function endOf(piece: Piece, from: number): Piece {
  const end: Piece = piece.subarray(from);
  const dispose = piece[Symbol.dispose];
  if (dispose !== undefined) end[Symbol.dispose] = dispose;
  return end;
}

/** Bytes [from, to) of a piece, with what was said of its memory where they are the last of it. */
export function partOf(piece: Piece, from: number, to: number): Piece {
  if (to < piece.length) return piece.subarray(from, to);
  return from === 0 ? piece : endOf(piece, from);
}

/** The piece was used up. */
export function spend(piece: Piece): void {
  piece[Symbol.dispose]?.();
}

function giveBack(this: Piece): void {
  freed(this.buffer as ArrayBuffer);
}

function giveBackSoon(this: Piece): void {
  process.nextTick(freed, this.buffer);
}

function freed(memory: ArrayBuffer): void {
  if (memory.detached) return;
  try {
    memory.transfer(0);
  } catch {
    // What Node shares among small buffers cannot be taken from them.
  }
}
