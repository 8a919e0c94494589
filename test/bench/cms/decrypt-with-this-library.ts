import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { openEncryptedFile } from './encrypted-file.js';

/** `node decrypt-with-this-library.js ENCRYPTED KEY OUTPUT` */
async function main([encrypted = '', key = '', output = '']: readonly string[]): Promise<void> {
  const { media, close } = await openEncryptedFile(encrypted, key);
  await pipeline(media.stream(0, media.plaintextLength, new AbortController().signal), createWriteStream(output));
  await close();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
