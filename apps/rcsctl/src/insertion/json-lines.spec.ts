import { Readable } from 'node:stream';
import { longestLine, readLines, type InputLine } from './json-lines.js';

async function linesOf(...chunks: readonly Buffer[]): Promise<InputLine[]> {
  const lines: InputLine[] = [];
  for await (const line of readLines(Readable.from(chunks))) lines.push(line);
  return lines;
}

describe('lines of a file', () => {
  const text = Buffer.from('\ufeff{"a":"ä"}\r\n\n{"b":1}\n{"c":2}');

  it.each([1, 2, 3, 7, 1000])('are the same in pieces of %i bytes', async size => {
    const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
      text.subarray(index * size, (index + 1) * size),
    );
    const lines = await linesOf(...chunks);
    expect(lines.map(line => [line.number, line.text])).toEqual([
      [1, '{"a":"ä"}'],
      [2, ''],
      [3, '{"b":1}'],
      [4, '{"c":2}'],
    ]);
    expect(lines.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(text.length);
  });

  it('that no recording may be are counted and not kept', async () => {
    const piece = Buffer.alloc(1024 * 1024, 0x61);
    const pieces = Array.from({ length: longestLine / piece.length + 1 }, () => piece);
    const lines = await linesOf(...pieces, Buffer.from('\n{}\n'));
    expect(lines.map(({ number, text: found }) => [number, found])).toEqual([
      [1, undefined],
      [2, '{}'],
    ]);
  });
});
