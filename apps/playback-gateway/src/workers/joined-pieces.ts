import { spend, type Piece } from '#spent-memory';

/** Where the work that each piece costs stops to matter: a copy of it would cost more. */
const pieceBytes = 32 * 1024;

/**
 * The same bytes in pieces that are no smaller than they need to be, the last one aside: without a copy where they are large,
 * or lie behind one another in memory, as what one place took in at several times does.
 */
export function* joinedPieces(pieces: readonly Piece[]): Generator<Piece> {
  let small: Piece[] = [];
  let length = 0;
  for (const piece of withoutSeams(pieces)) {
    if (length === 0 && piece.length >= pieceBytes) {
      yield piece;
      continue;
    }
    small.push(piece);
    length += piece.length;
    if (length < pieceBytes) continue;
    yield copied(small, length);
    [small, length] = [[], 0];
  }
  if (length > 0) yield small.length === 1 && small[0] !== undefined ? small[0] : copied(small, length);
}

function* withoutSeams(pieces: readonly Piece[]): Generator<Piece> {
  let last: Piece | undefined;
  for (const piece of pieces) {
    const both = last === undefined ? piece : adjoined(last, piece);
    if (both === undefined && last !== undefined) yield last;
    last = both ?? piece;
  }
  if (last !== undefined) yield last;
}

/** Both as one, where the second lies right behind the first, and the memory does not go with the first. */
function adjoined(first: Piece, second: Piece): Piece | undefined {
  const { buffer, byteOffset, length } = first;
  if (buffer !== second.buffer || byteOffset + length !== second.byteOffset) return undefined;
  if (first[Symbol.dispose] !== undefined) return undefined;
  const both: Piece = Buffer.from(buffer, byteOffset, length + second.length);
  const dispose = second[Symbol.dispose];
  if (dispose !== undefined) both[Symbol.dispose] = dispose;
  return both;
}

/** A copy of all; whoever disposes of it disposes of those that it was made of, whose memory others before them may share. */
function copied(pieces: readonly Piece[], length: number): Piece {
  const whole: Piece = Buffer.concat(pieces, length);
  const disposable = pieces.filter(piece => piece[Symbol.dispose] !== undefined);
  if (disposable.length > 0) whole[Symbol.dispose] = () => disposable.forEach(spend);
  return whole;
}
