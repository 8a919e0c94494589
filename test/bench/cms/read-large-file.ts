import { highWaterMark } from './measured-process.js';
import { openEncryptedFile } from './encrypted-file.js';

/** What a stream needs however long the file is: code, buffers, what the collector leaves. */
const beginningBytes = 200_000_000;

/** `node read-large-file.js ENCRYPTED KEY`: prints what the resident size grew by beyond that of the beginning, bytes. */
async function main([encrypted = '', key = '']: readonly string[]): Promise<void> {
  const { media, close } = await openEncryptedFile(encrypted, key);
  const read = async (end: number): Promise<void> => {
    let bytes = 0;
    for await (const chunk of media.stream(0, end, new AbortController().signal) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
    }
    if (bytes !== end) throw new Error(`${bytes} of ${end} bytes came`);
  };
  for (let time = 0; time < 3; time++) await read(beginningBytes);
  const before = highWaterMark(undefined);
  await read(media.plaintextLength);
  process.stdout.write(`${highWaterMark(undefined) - before}\n`);
  await close();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
