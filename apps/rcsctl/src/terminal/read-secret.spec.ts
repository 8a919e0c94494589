import { PassThrough, Readable } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { readSecret } from './read-secret.js';

const piped = (content: string): ReadStream => Readable.from([Buffer.from(content)]) as unknown as ReadStream;

/** A terminal on which somebody types, with its raw mode observed. */
function terminal(): { input: ReadStream; type: (characters: string) => void; rawModes: boolean[] } {
  const stream = new PassThrough();
  const rawModes: boolean[] = [];
  const input = Object.assign(stream, { isTTY: true, setRawMode: (mode: boolean) => rawModes.push(mode) });
  return { input: input as unknown as ReadStream, type: characters => stream.write(characters), rawModes };
}

describe(readSecret.name, () => {
  beforeEach(() => {
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each([
    ['s3cret\n', 's3cret'],
    ['s3cret\r\n', 's3cret'],
    [' spaced \n', ' spaced '],
    ['pässwörd', 'pässwörd'],
  ])('takes %p from a pipe without its line end', async (content, expected) => {
    expect(await readSecret('?', piped(content))).toBe(expected);
  });

  it.each(['', '\n'])('refuses %p', async content => {
    await expect(readSecret('?', piped(content))).rejects.toThrow('nothing was given');
  });

  it('refuses a whole file', async () => {
    await expect(readSecret('?', piped('x'.repeat(70_000)))).rejects.toThrow('no password');
  });

  it('asks on a terminal, shows nothing, and understands deletions', async () => {
    const { input, type, rawModes } = terminal();
    const secret = readSecret('Password: ', input);
    type('s3x');
    type('\u007fcret\r');
    expect(await secret).toBe('s3cret');
    expect(rawModes).toEqual([true, false]);
    expect(JSON.stringify(jest.mocked(process.stderr.write).mock.calls)).not.toContain('s3');
  });

  it('ends at Ctrl-C, and gives the terminal back', async () => {
    const { input, type, rawModes } = terminal();
    const secret = readSecret('Password: ', input);
    type('half\u0003');
    await expect(secret).rejects.toThrow('interrupted');
    expect(rawModes).toEqual([true, false]);
  });
});
