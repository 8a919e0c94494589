import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../world/random.js';
import { waveFile } from './wave.js';

const call = readFileSync(join(__dirname, '../../fixtures/call.mp3'));
const screen = readFileSync(join(__dirname, '../../fixtures/screen.mp4'));

/** What is recorded: calls and screens that players know at sight, and what nobody can tell from noise. */
export const plaintextKinds = ['wave', 'mp3', 'mp4', 'text', 'noise', 'empty'] as const;
export type PlaintextKind = (typeof plaintextKinds)[number];

/** Kinds that carry a signature of more than 32 bits, so that they are known as media with and without a key. */
export const knownAtSight: ReadonlySet<PlaintextKind> = new Set(['wave', 'mp3', 'mp4']);

export function plaintextOf(kind: PlaintextKind, random: Random): Buffer {
  const length = 1500 + random.below(7000);
  switch (kind) {
    case 'wave':
      return waveFile(random, length);
    case 'mp3':
      return Buffer.concat([call.subarray(0, length), random.bytes(16)]);
    case 'mp4':
      return Buffer.concat([screen.subarray(0, length), random.bytes(16)]);
    case 'text':
      return Buffer.from('Sehr geehrte Damen und Herren, '.repeat(1 + random.below(90)) + String(random.below(1e9)));
    case 'noise':
      return random.bytes(length);
    case 'empty':
      return Buffer.alloc(0);
  }
}
