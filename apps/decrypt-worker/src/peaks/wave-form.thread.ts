import Module from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { AudioDecoder } from './audio-decoder.js';
import { DecodingError } from './decoding-error.js';
import { Mp3Decoder } from './mp3-decoder.js';
import { OggOpusDecoder } from './ogg-opus-decoder.js';
import type { PieceMessage, ThreadAnswer, WaveFormRequest } from './wave-form.js';
import { WavDecoder } from './wav-decoder.js';

/**
 * A thread that sees one file, and nothing else: no keys, no environment, and, once it has begun, no module, so that neither
 * network nor files are within reach of what a file might do to its decoder.
 */
const port = parentPort;
if (port === null) throw new Error('this is a thread');
const { format, limits } = workerData as WaveFormRequest;
const decoders: Readonly<Record<typeof format, new (maximumSeconds: number) => AudioDecoder>> = {
  wav: WavDecoder,
  mp3: Mp3Decoder,
  ogg: OggOpusDecoder,
};
const decoder = new decoders[format](limits.maximumSeconds);
lockIn();
const answer = (message: ThreadAnswer): void => port.postMessage(message);

async function take({ piece }: PieceMessage): Promise<void> {
  if (piece === undefined) {
    answer({ kind: 'done', waveForm: await decoder.finish() });
    return;
  }
  await decoder.add(piece);
  answer({ kind: 'taken' });
}

let turn = Promise.resolve();
port.on('message', (message: PieceMessage) => {
  turn = turn.then(() => take(message)).catch(fail);
});

function fail(error: unknown): void {
  const known = error instanceof DecodingError;
  const detail = known ? error.message : `${format} that its decoder cannot read`;
  answer({ kind: 'failed', reason: known ? error.reason : 'undecodable', detail });
  port?.close();
}

function lockIn(): void {
  // Decoders report each broken frame.
  const silent = (): undefined => undefined;
  Object.assign(globalThis.console, { log: silent, warn: silent, error: silent });
  const refuse = (): never => {
    throw new Error('nothing is loaded in here');
  };
  Object.assign(Module, { _load: refuse });
  Object.assign(process, { getBuiltinModule: refuse, binding: refuse, dlopen: refuse });
  for (const name of ['fetch', 'WebSocket', 'EventSource', 'require']) Reflect.deleteProperty(globalThis, name);
}
