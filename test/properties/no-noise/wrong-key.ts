import { createDecipheriv, createSecretKey } from 'node:crypto';
import type { Random } from '../world/random.js';

/** How much of what a wrong key makes of a file looks right by chance. */
export type Resemblance = 'padding' | 'long padding' | 'padding and frame';

/**
 * A key that is not the one of this AES-256-CBC ciphertext and under which its padding is right all the same: one key in
 * some 250 is such a one, so in a large archive it happens. One in 65,000 has a padding of two bytes, one in half a
 * million begins like an MPEG frame besides.
 */
export function luckyWrongKey(ciphertext: Buffer, iv: Buffer, wanted: Resemblance, random: Random): Buffer {
  const last = ciphertext.subarray(-16);
  const previous = ciphertext.length > 16 ? ciphertext.subarray(-32, -16) : iv;
  const first = ciphertext.subarray(0, 16);
  const key = random.bytes(32);
  for (let count = 0; ; count++) {
    key.writeUInt32LE(count, 0);
    const padding = paddingOf(decrypted(key, last, previous));
    if (padding === 0 || (wanted === 'long padding' && padding < 2)) continue;
    if (wanted !== 'padding and frame') return Buffer.from(key);
    const head = decrypted(key, first, iv);
    if (head[0] === 0xff && (head[1]! & 0xe0) === 0xe0) return Buffer.from(key);
  }
}

function decrypted(key: Buffer, block: Buffer, previous: Buffer): Buffer {
  // As an object: Node takes four times as long to find out that bytes are a key, and this is done a million times.
  const cipher = createDecipheriv('aes-256-cbc', createSecretKey(key), previous).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

/** Length of a right padding, else 0. */
function paddingOf(block: Buffer): number {
  const length = block[15]!;
  if (length < 1 || length > 16) return 0;
  return block.subarray(16 - length).every(byte => byte === length) ? length : 0;
}
