import type { Random } from '../world/random.js';

/** A call as short as wanted that any player takes: RIFF/WAVE, 8 kHz, mono, 16 bits. No two are alike. */
export function waveFile(random: Random, bytes: number, marker = ''): Buffer {
  const samples = Buffer.concat([Buffer.from(marker), random.bytes(Math.max(0, bytes - 44 - marker.length))]);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(16_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}
