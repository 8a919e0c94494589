import { setTimeout as delay } from 'node:timers/promises';
import { fails, headOf, keepWriting, mayFail, properAnswer, right, send, type Misbehaviour } from './misbehaviour.js';

/** Storages that take their time, or all time there is. */
export const waitingMisbehaviours: readonly Misbehaviour[] = [
  { name: 'no answer', endless: true, outcome: fails('RCS_STORAGE_TIMEOUT'), answer: () => undefined },
  {
    name: 'a head that never ends, byte by byte',
    endless: true,
    outcome: fails('RCS_STORAGE_TIMEOUT'),
    answer: request => {
      request.socket.write('HTTP/1.1 200 OK\r\nX-Long: ');
      keepWriting(request, 50, () => 'x');
    },
  },
  {
    name: 'early hints without end',
    endless: true,
    outcome: fails('RCS_STORAGE_TIMEOUT'),
    answer: request => keepWriting(request, 50, () => headOf('103 Early Hints', { Link: '</a>' })),
  },
  {
    name: 'early hints and processing before the answer',
    outcome: right,
    answer: (request, file) => {
      request.socket.write(headOf('102 Processing', {}) + headOf('103 Early Hints', { Link: '</a>' }));
      send(request, properAnswer(request, file));
    },
  },
  {
    name: 'continue before the answer',
    outcome: right,
    answer: (request, file) => {
      request.socket.write(headOf('100 Continue', {}));
      send(request, properAnswer(request, file));
    },
  },
  {
    name: 'interim answers of all kinds, in pieces, before the answer',
    outcome: right,
    answer: (request, file) => void afterInterimAnswers(request, properAnswer(request, file)),
  },
  {
    name: 'continue without end',
    endless: true,
    outcome: fails('RCS_STORAGE_TIMEOUT'),
    answer: request => keepWriting(request, 50, () => headOf('100 Continue', {})),
  },
  {
    name: 'an interim answer whose head never ends',
    endless: true,
    outcome: fails('RCS_STORAGE_TIMEOUT'),
    answer: request => {
      request.socket.write('HTTP/1.1 100 Continue\r\nX-Long: ');
      keepWriting(request, 50, () => 'x');
    },
  },
  {
    name: 'another protocol',
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: ({ socket }) => socket.write(headOf('101 Switching Protocols', { Connection: 'Upgrade', Upgrade: 'h2c' })),
  },
  {
    name: 'pauses between the pieces of a body',
    outcome: right,
    answer: (request, file) => void inPieces(request, properAnswer(request, file)),
  },
  {
    name: 'a body that stops half way',
    endless: true,
    outcome: mayFail('RCS_STORAGE_TIMEOUT', 'RCS_STORAGE_FAILED'),
    answer: (request, file) => {
      const proper = properAnswer(request, file);
      send(request, { ...proper, body: proper.body.subarray(0, Math.floor(proper.body.length / 2)) });
    },
  },
  {
    name: 'a refusal whose body never ends',
    endless: true,
    outcome: fails('RCS_STORAGE_FILE_MISSING'),
    answer: request => {
      send(request, { status: '404 Not Found', fields: { 'Transfer-Encoding': 'chunked' }, body: Buffer.alloc(0) });
      keepWriting(request, 50, () => '1\r\nx\r\n');
    },
  },
  {
    name: 'a refusal with more than anybody reads',
    endless: true,
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: request => {
      send(request, { status: '500 Oh', fields: { 'Content-Length': 1e9 }, body: Buffer.alloc(4_000_000) });
    },
  },
  {
    name: 'a whole file that never ends',
    endless: true,
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: request => {
      send(request, { status: '200 OK', fields: { 'Transfer-Encoding': 'chunked' }, body: Buffer.alloc(0) });
      if (request.method !== 'HEAD') keepWriting(request, 20, () => '1\r\nx\r\n');
    },
  },
  {
    name: 'an answer to HEAD that goes on for ever',
    endless: true,
    outcome: right,
    answer: (request, file) => {
      send(request, properAnswer(request, file));
      if (request.method === 'HEAD') keepWriting(request, 20, () => 'x');
    },
  },
];

async function afterInterimAnswers(
  request: Parameters<typeof send>[0],
  answer: ReturnType<typeof properAnswer>,
): Promise<void> {
  const last = headOf('100 Continue', { 'X-Odd': 'HTTP/1.1 200 OK' });
  const interim = `HTTP/1.1 100\r\n\r\n${headOf('103 Early Hints', {})}${last}`;
  request.socket.setNoDelay(true);
  for (let position = 0; position < interim.length; position += 11) {
    if (request.socket.destroyed) return;
    request.socket.write(interim.slice(position, position + 11));
    await delay(1);
  }
  send(request, answer);
}

async function inPieces(request: Parameters<typeof send>[0], answer: ReturnType<typeof properAnswer>): Promise<void> {
  const piece = Math.ceil(answer.body.length / 8);
  send(request, { ...answer, body: answer.body.subarray(0, piece) });
  for (let position = piece; position < answer.body.length; position += piece) {
    await delay(40);
    if (request.socket.destroyed) return;
    request.socket.write(answer.body.subarray(position, position + piece));
  }
}
