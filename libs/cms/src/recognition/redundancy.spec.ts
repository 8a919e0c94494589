import { createCipheriv, randomBytes } from 'node:crypto';
import { entropyOf, redundancyBits } from './redundancy.js';

describe(redundancyBits.name, () => {
  it('finds next to nothing in noise, as often as it says', () => {
    const cipher = createCipheriv('aes-256-ctr', randomBytes(32), randomBytes(16));
    const zeros = Buffer.alloc(256);
    const runs = 20_000;
    const found = Array.from({ length: runs }, (_, run) =>
      redundancyBits(cipher.update(zeros.subarray(0, 1 + (run % 256)))),
    );
    for (const bits of [1, 4, 8]) {
      expect(found.filter(saved => saved >= bits).length).toBeLessThanOrEqual(
        runs / 2 ** bits + 5 * Math.sqrt(runs / 2 ** bits),
      );
    }
    expect(Math.max(...found)).toBeLessThan(32);
  });

  it.each<[string, Buffer]>([
    ['silence', Buffer.alloc(100, 0xd5)],
    ['a text', Buffer.from('The quick brown fox jumps over the lazy dog, again and again and again.')],
    ['a tone in 8 bits', Buffer.from(Array.from({ length: 2000 }, (_, at) => 128 + Math.round(60 * Math.sin(at / 9))))],
    [
      'quiet speech in 16 bits',
      Buffer.from(Int16Array.from({ length: 1000 }, (_, at) => 300 * Math.sin(at / 5)).buffer),
    ],
  ])('finds more than enough in %s', (_, bytes) => {
    expect(redundancyBits(bytes)).toBeGreaterThan(64);
  });
});

it('entropy is zero for one value, eight bits for all of them', () => {
  expect(entropyOf(Buffer.alloc(100))).toBe(0);
  expect(entropyOf(Buffer.from(Array.from({ length: 256 }, (_, value) => value)))).toBeCloseTo(8);
});
