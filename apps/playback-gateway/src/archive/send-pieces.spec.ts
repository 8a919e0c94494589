import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ReceiverGoneError } from '#platform';
import { within } from '#test/waiting/within.js';
import { sendPieces } from './send-pieces.js';

const pieceBytes = 16 * 1024;
/** Of a receiver that takes all; a busy machine may keep it waiting. */
const patientMs = 30_000;
const impatientMs = 500;
let server: Server;
let sending: Promise<void>;
let given: number;

/** More than any buffer between two programs holds. */
const pieces = 4096;
async function* numbered(): AsyncGenerator<Buffer> {
  for (given = 0; given < pieces; given++) yield Buffer.alloc(pieceBytes, await Promise.resolve(given % 251));
}

async function receive(source: () => AsyncIterable<Buffer>, idleTimeoutMs = patientMs): Promise<IncomingMessage> {
  server = createServer((_, response: ServerResponse) => {
    sending = sendPieces(source(), response, idleTimeoutMs);
    sending.catch(() => response.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const [answer] = (await within('an answer', once(request, 'response'))) as [IncomingMessage];
  answer.on('error', () => undefined);
  return answer;
}

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it('sends every piece in order, and ends', async () => {
  const body = await buffer(await receive(numbered));
  await sending;
  expect(body).toHaveLength(pieces * pieceBytes);
  for (let piece = 0; piece < pieces; piece++) expect(body[piece * pieceBytes]).toBe(piece % 251);
});

it('takes no more from its source than the receiver takes, and gives up one that takes nothing', async () => {
  await receive(numbered, impatientMs);
  await expect(within('giving up', sending)).rejects.toThrow(ReceiverGoneError);
  expect(given).toBeLessThan(pieces / 2);
});

const disposable = (index: number, disposed: number[]): Buffer =>
  Object.assign(Buffer.alloc(pieceBytes, index % 251), { [Symbol.dispose]: () => void disposed.push(index) });

it('disposes of pieces that the receiver has taken, in their order', async () => {
  const disposed: number[] = [];
  await buffer(await receive(() => Readable.from([0, 1, 2].map(index => disposable(index, disposed)))));
  await sending;
  expect(disposed).toEqual([0, 1, 2]);
});

it('disposes of no piece that the receiver has not taken', async () => {
  const disposed: number[] = [];
  await receive(async function* () {
    for (given = 0; given < pieces; given++) yield disposable(await Promise.resolve(given), disposed);
  }, impatientMs);
  await expect(within('giving up', sending)).rejects.toThrow(ReceiverGoneError);
  expect(disposed.length).toBeLessThan(given);
});

it('hears of a receiver that leaves', async () => {
  const answer = await receive(numbered);
  answer.destroy();
  await expect(within('the end', sending)).rejects.toThrow(ReceiverGoneError);
});

it('fails with what its source fails with', async () => {
  const cause = new Error('the member has another length');
  let fail = (): void => undefined;
  const failure = new Promise<never>((_, reject) => (fail = () => reject(cause)));
  await receive(async function* () {
    yield Buffer.alloc(pieceBytes);
    await failure;
  });
  fail();
  await expect(within('the end', sending)).rejects.toBe(cause);
});
