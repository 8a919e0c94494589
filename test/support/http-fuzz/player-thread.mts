/**
 * A player on a thread of its own, so that what it measures is the service and not the sender of a fuzzer beside it. Plays a
 * recording again and again, compares every byte and measures how long each piece took to come.
 */
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { PlayerMessage, WatchedRecording } from './watched-playback.js';

/** A player takes a piece, plays it for this long, and takes the next one; milliseconds and bytes. */
const pieceMs = 40;
const pieceBytes = 32 * 1024;

const { url, ca, user, media } = workerData as WatchedRecording;
const expected = Buffer.from(media);
const stopping = new AbortController();
parentPort?.once('message', () => stopping.abort());
const say = (message: PlayerMessage): void => parentPort?.postMessage(message);

while (!stopping.signal.aborted) {
  try {
    await play();
    say({ whole: true });
  } catch (error) {
    say({ wrong: error instanceof Error ? error.message : String(error) });
    await sleep(200);
  }
}
parentPort?.close();

async function play(): Promise<void> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { ca: Buffer.from(ca), auth: `${user.name}:${user.password}`, agent: false }, resolve).on('error', reject);
  });
  if (answer.statusCode !== 200) throw new Error(`a playback was answered ${answer.statusCode}`);
  let offset = 0;
  let began = performance.now();
  for await (const piece of pieces(answer)) {
    say({ waitedMs: Math.max(pieceMs, performance.now() - began) });
    if (!piece.equals(expected.subarray(offset, offset + piece.length))) throw new Error(`other bytes after ${offset}`);
    offset += piece.length;
    await sleep(Math.max(0, pieceMs - (performance.now() - began)));
    began = performance.now();
  }
  if (offset !== expected.length) throw new Error(`a playback ended after ${offset} of ${expected.length} bytes`);
}

async function* pieces(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let kept: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    kept = Buffer.concat([kept, chunk]);
    while (kept.length >= pieceBytes) {
      yield kept.subarray(0, pieceBytes);
      kept = kept.subarray(pieceBytes);
    }
  }
  if (kept.length > 0) yield kept;
}
