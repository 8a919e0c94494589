import { createHash, generateKeyPairSync } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { gzipSync } from 'node:zlib';
import { collectEverything } from '../collect-after-start.js';
import { compiled, giveBack } from '../give-back.js';

// So that buffers are free when a collection ends.
setFlagsFromString('--no-concurrent-array-buffer-sweeping');

const pieceBytes = 3000;
const pieces = 16_384;
/** Of the identification of an ELF file what nothing is read from. */
const unusedByte = 12;

const kept: Buffer[] = [];

/** Leaves free pieces of the allocator's heap between pieces that are in use. */
function scatter(): string {
  let all = Array.from({ length: pieces }, () => Buffer.allocUnsafeSlow(pieceBytes).fill(1));
  kept.push(...all.filter((_, index) => index % 128 === 127));
  all = [];
  return String(all.length);
}

/** Several parts of Node: compression, ciphers, data of languages, expressions. @returns the same each time */
function work(): string {
  generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const texts = Array.from({ length: 200 }, (_, index) =>
    [
      new Intl.DateTimeFormat('de', { dateStyle: 'full', timeZone: 'Europe/Berlin' }).format(index * 1e10),
      'Straße'.normalize('NFD').replace(/(\p{L})\p{M}?/gu, '$1.'),
      JSON.stringify({ index, url: new URL(`https://example.org/${index}`).href }),
    ].join(' '),
  );
  return createHash('sha256')
    .update(gzipSync(texts.join('\n')))
    .digest('hex');
}

/** Where the file that Node is in begins in memory; the kernel makes a page of our own where it is written. */
function atUnusedByte(use: (memory: number, at: number) => void): void {
  const line = readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .find(text => text.endsWith(` ${process.execPath}`));
  const memory = openSync('/proc/self/mem', 'r+');
  try {
    use(memory, parseInt(line ?? '', 16) + unusedByte);
  } finally {
    closeSync(memory);
  }
}

function mark(): string {
  atUnusedByte((memory, at) => writeSync(memory, Buffer.of(0xa5), 0, 1, at));
  return 'marked';
}

function marked(): string {
  const byte = Buffer.alloc(1);
  atUnusedByte((memory, at) => readSync(memory, byte, 0, 1, at));
  return byte.toString('hex');
}

function given(smaps?: string, native?: string): string {
  try {
    return JSON.stringify(giveBack(native ?? compiled, smaps));
  } catch (error) {
    return JSON.stringify({ error: String(error) });
  }
}

const acts: Readonly<Record<string, (...parts: string[]) => string>> = {
  scatter,
  collect: () => {
    collectEverything();
    return 'collected';
  },
  work,
  mark,
  marked,
  'give-back': given,
};

createInterface({ input: process.stdin }).on('line', line => {
  const [name = '', ...parts] = line.split(' ');
  process.stdout.write(`${acts[name]?.(...parts) ?? `no act ${name}`}\n`);
});
