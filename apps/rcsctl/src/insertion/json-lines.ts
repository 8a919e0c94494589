/** One line of a file of JSON lines. */
export interface InputLine {
  /** Counted from 1, empty ones too, as editors count them. */
  readonly number: number;
  /** Of the line with its end. */
  readonly bytes: number;
  /** Undefined where the line is longer than any recording may be. */
  readonly text: string | undefined;
}

/** More than a gateway takes: nothing longer is kept in memory. */
export const longestLine = 16 * 1024 * 1024;

const lineFeed = 0x0a;

/** The lines of a stream as they come; the last one needs no end. */
export async function* readLines(input: AsyncIterable<Buffer>): AsyncGenerator<InputLine> {
  let number = 0;
  let pieces: Buffer[] = [];
  let bytes = 0;
  const take = (piece: Buffer): void => {
    bytes += piece.length;
    if (bytes <= longestLine) pieces.push(piece);
    else pieces = [];
  };
  const line = (): InputLine => {
    const text = bytes > longestLine ? undefined : textOf(Buffer.concat(pieces), ++number === 1);
    if (bytes > longestLine) number++;
    const taken = { number, bytes, text };
    pieces = [];
    bytes = 0;
    return taken;
  };
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      take(chunk.subarray(from, end + 1));
      from = end + 1;
      yield line();
    }
    if (from < chunk.length) take(chunk.subarray(from));
  }
  if (bytes > 0) yield line();
}

function textOf(bytes: Buffer, isFirst: boolean): string {
  const text = bytes.toString('utf8').trim();
  return isFirst ? text.replace(/^\ufeff/, '') : text;
}
