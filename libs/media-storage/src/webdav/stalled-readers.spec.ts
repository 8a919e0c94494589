import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { FaultyStorage, head, type RawRequest } from '../testing/faulty-storage.js';
import { patience, StorageProbe } from '../testing/storage-probe.js';

jest.setTimeout(30_000);

/** Much more than waits in a stream and in the system. */
const media = randomBytes(12_000_000);
const recognisable = { ETag: '"1"', 'Last-Modified': 'Sun, 06 Nov 1994 08:49:37 GMT' };
const connections = 2;

let storage: FaultyStorage;
let probe: StorageProbe;
/** Where the ranges began that were asked for. */
let starts: number[];

async function probing(fields: Record<string, string>): Promise<void> {
  starts = [];
  storage = await FaultyStorage.start((request: RawRequest) => {
    if (request.method === 'HEAD') {
      request.socket.write(head('200 OK', { 'Content-Length': media.length, ...fields }));
      return;
    }
    const [, first = '0', last = ''] = /bytes=(\d+)-(\d*)/.exec(request.range ?? '') ?? [];
    const [start, end] = [Number(first), last === '' ? media.length : Math.min(media.length, Number(last) + 1)];
    starts.push(start);
    const contentRange = `bytes ${start}-${end - 1}/${media.length}`;
    request.socket.write(
      head('206 Partial', { 'Content-Length': end - start, 'Content-Range': contentRange, ...fields }),
    );
    request.socket.write(media.subarray(start, end));
  });
  probe = new StorageProbe(storage.url, { maxConnections: connections });
}

afterEach(async () => {
  await probe.storages.close();
  await storage.stop();
});

/** Has its first bytes, and takes no more. */
async function stalled(): Promise<Readable> {
  const file = await probe.open('/call.bin');
  const stream = file.stream(0, media.length, patience());
  await once(stream, 'readable');
  return stream;
}

it('keeps no connection, so that there are some for others; then has every byte, from where it was', async () => {
  await probing(recognisable);
  const waiting: Readable[] = [];
  // More than there are connections: each is made when one before has been let go.
  for (let count = 0; count < connections * 2; count++) waiting.push(await stalled());
  const quick = await probe.open('/call.bin');
  expect((await quick.read(0, 100_000, patience())).equals(media.subarray(0, 100_000))).toBe(true);
  for (const stream of waiting) expect((await buffer(stream)).equals(media)).toBe(true);
  expect(starts.filter(start => start > 0).length).toBeGreaterThanOrEqual(waiting.length);
});

it('keeps its connection where the file could not be recognised again', async () => {
  await probing({});
  const stream = await stalled();
  await delay(3000);
  expect((await buffer(stream)).equals(media)).toBe(true);
  expect(starts.filter(start => start > 0)).toEqual([]);
});
