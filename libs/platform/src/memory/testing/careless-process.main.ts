import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { overwriteFreedMemory } from '../overwrite-freed-memory.js';

// As in our services, by the library media-heap, which this one cannot import.
Buffer.poolSize = 0;
setFlagsFromString('--no-concurrent-array-buffer-sweeping');

/** What keeps pages of the heap and of the allocator from being given back as a whole. */
const kept: unknown[] = [];

/** Uses a secret as programs do that take no care of it, and drops it. Answers it masked, so that no answer has it. */
function careless(): string {
  const secret = randomBytes(256);
  const masked = Buffer.from(secret.map(byte => byte ^ 0xff)).toString('hex');
  for (let round = 0; round < 200; round++) {
    const body = Buffer.from(JSON.stringify({ round, envelope: secret.toString('base64') }));
    const { envelope } = JSON.parse(body.toString()) as { envelope: string };
    const wide = Buffer.from(envelope, 'utf16le').toString('utf16le') + '\u2026';
    const bytes = Buffer.from(envelope, 'base64');
    const joined = Buffer.concat([randomBytes(64), bytes, Buffer.alloc(20_000)]);
    kept.push(Buffer.from('kept'), `kept ${round}`, [wide.length, joined.length]);
  }
  secret.fill(0);
  return masked;
}

createInterface({ input: process.stdin }).on('line', line => {
  if (line === 'use') process.stdout.write(`${careless()}\n`);
  else {
    const started = performance.now();
    overwriteFreedMemory();
    process.stdout.write(`${Math.round(performance.now() - started)}\n`);
  }
});
