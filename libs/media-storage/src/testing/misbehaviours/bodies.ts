import {
  changed,
  chunk,
  fails,
  headOf,
  lastChunk,
  mayFail,
  none,
  properAnswer,
  right,
  send,
  wholeAnswer,
  withoutLength,
  type Answer,
  type Fields,
  type Misbehaviour,
} from './misbehaviour.js';

const chunked = (answer: Answer, body: Buffer): Answer => ({
  ...answer,
  fields: { ...withoutLength(answer.fields), 'Transfer-Encoding': 'chunked' },
  body,
});

/** Changes answers that have a body. */
const bodies = (change: (answer: Answer) => Answer): Misbehaviour['answer'] =>
  changed(answer => (answer.body.length === 0 ? answer : change(answer)));

const length = (of: (bytes: number) => number | string | readonly string[]) =>
  bodies(answer => ({ ...answer, fields: { ...answer.fields, 'Content-Length': of(answer.body.length) } }));

const cutAfter = [0, 1, 15, 16, 17, 1000, 16_383, 100_000] as const;

const cuts = cutAfter.flatMap(bytes =>
  (['ended', 'reset'] as const).map((how): Misbehaviour => {
    return {
      name: `every body ${how} after ${bytes} bytes`,
      outcome: mayFail('RCS_STORAGE_FAILED'),
      answer: (request, file) => {
        const proper = properAnswer(request, file);
        send(request, { ...proper, body: proper.body.subarray(0, bytes) });
        if (proper.body.length <= bytes) return;
        if (how === 'ended') request.socket.end();
        else request.socket.resetAndDestroy();
      },
    };
  }),
);

/** Bodies that are coded, longer, shorter or otherwise framed than their head says. */
export const bodyMisbehaviours: readonly Misbehaviour[] = [
  ...['gzip', 'br', 'deflate', 'x-gzip, identity', 'unheard-of'].map((coding): Misbehaviour => {
    return {
      name: `ranges in ${coding}`,
      outcome: fails('RCS_STORAGE_FAILED'),
      answer: bodies(answer => ({ ...answer, fields: { ...answer.fields, 'Content-Encoding': coding } })),
    };
  }),
  {
    name: 'a coding in a field of its own behind one that is none',
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: bodies(answer => ({ ...answer, fields: { ...answer.fields, 'Content-Encoding': ['identity', 'gzip'] } })),
  },
  ...['identity', 'none', 'aws-chunked'].map((coding): Misbehaviour => {
    return {
      name: `ranges in ${coding}, which is no coding`,
      outcome: right,
      answer: bodies(answer => ({ ...answer, fields: { ...answer.fields, 'Content-Encoding': coding } })),
    };
  }),
  {
    name: 'the whole file in gzip for every range',
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: (request, file) => {
      const whole = wholeAnswer(request, file);
      send(request, { ...whole, fields: { ...whole.fields, 'Content-Encoding': 'gzip' } });
    },
  },
  {
    name: 'a coding for HEAD alone',
    outcome: mayFail('RCS_STORAGE_FAILED'),
    answer: changed((answer, { method }) =>
      method === 'HEAD' ? { ...answer, fields: { ...answer.fields, 'Content-Encoding': 'gzip' } } : answer,
    ),
  },
  {
    name: 'ranges in chunks',
    outcome: right,
    answer: bodies(answer => {
      const seam = Math.ceil(answer.body.length / 3);
      const parts = [answer.body.subarray(0, seam), answer.body.subarray(seam)];
      return chunked(answer, Buffer.concat([...parts.map(chunk), lastChunk]));
    }),
  },
  {
    name: 'ranges in chunks of one byte at first',
    outcome: right,
    answer: bodies(answer => {
      const single = Array.from(answer.body.subarray(0, 200), byte => chunk(Buffer.of(byte)));
      return chunked(answer, Buffer.concat([...single, chunk(answer.body.subarray(200)), lastChunk]));
    }),
  },
  {
    name: 'chunks with lengths that are none',
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: bodies(answer => chunked(answer, Buffer.concat([Buffer.from('xyz\r\n'), answer.body]))),
  },
  {
    name: 'chunks that end before the range does',
    outcome: mayFail('RCS_STORAGE_FAILED'),
    answer: bodies(answer => chunked(answer, Buffer.concat([chunk(answer.body.subarray(0, 9)), lastChunk]))),
  },
  {
    name: 'chunks that go on behind the range',
    outcome: mayFail('RCS_STORAGE_FAILED'),
    answer: bodies(answer => chunked(answer, Buffer.concat([chunk(answer.body), chunk(Buffer.alloc(99)), lastChunk]))),
  },
  {
    name: 'chunks and a length, both',
    outcome: mayFail('RCS_STORAGE_FAILED'),
    answer: bodies(answer => ({
      ...answer,
      fields: { ...answer.fields, 'Transfer-Encoding': 'chunked' } satisfies Fields,
      body: Buffer.concat([chunk(answer.body), lastChunk]),
    })),
  },
  { name: 'a length that is ten too many', outcome: fails('RCS_STORAGE_FAILED'), answer: length(bytes => bytes + 10) },
  { name: 'a length that is one too few', outcome: fails('RCS_STORAGE_FAILED'), answer: length(bytes => bytes - 1) },
  { name: 'the length 0 for a body', outcome: fails('RCS_STORAGE_FAILED'), answer: length(() => 0) },
  { name: 'a negative length', outcome: fails('RCS_STORAGE_FAILED'), answer: length(() => -1) },
  { name: 'a length in words', outcome: fails('RCS_STORAGE_FAILED'), answer: length(() => 'long') },
  { name: 'a length that no number holds', outcome: fails('RCS_STORAGE_FAILED'), answer: length(() => '9'.repeat(40)) },
  {
    name: 'two lengths',
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: length(bytes => [String(bytes), String(bytes + 1)]),
  },
  {
    name: 'more bytes than the length says',
    outcome: mayFail('RCS_STORAGE_FAILED'),
    answer: bodies(answer => ({ ...answer, body: Buffer.concat([answer.body, Buffer.alloc(50)]) })),
  },
  {
    name: 'a second answer behind the first, with other bytes',
    outcome: mayFail('RCS_STORAGE_FAILED'),
    answer: bodies(answer => {
      const second = Buffer.concat([
        Buffer.from(headOf(answer.status, answer.fields)),
        Buffer.alloc(answer.body.length),
      ]);
      return { ...answer, body: Buffer.concat([answer.body, second]) };
    }),
  },
  {
    name: 'a body for HEAD',
    outcome: right,
    answer: (request, file) => {
      const proper = properAnswer(request, file);
      send(request, request.method === 'HEAD' ? { ...proper, body: file.bytes } : proper);
    },
  },
  {
    name: 'a whole file without a length, ended by the connection (HTTP/1.0)',
    outcome: right,
    answer: (request, file) => {
      const whole = wholeAnswer(request, file);
      if (request.method === 'HEAD') send(request, whole, 'HTTP/1.0');
      else send(request, { ...whole, fields: withoutLength(whole.fields) }, 'HTTP/1.0');
      request.socket.end();
    },
  },
  {
    name: 'ranges without a length, ended by the connection (HTTP/1.0)',
    outcome: right,
    answer: (request, file) => {
      const proper = properAnswer(request, file);
      const isHead = request.method === 'HEAD';
      send(request, isHead ? proper : { ...proper, fields: withoutLength(proper.fields) }, 'HTTP/1.0');
      request.socket.end();
    },
  },
  {
    name: 'no length at all, for HEAD neither (HTTP/1.0)',
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: (request, file) => {
      const whole = wholeAnswer(request, file);
      send(request, { ...whole, fields: withoutLength(whole.fields) }, 'HTTP/1.0');
      request.socket.end();
    },
  },
  ...cuts,
  {
    name: 'a length, and no body at all',
    endless: true,
    outcome: fails('RCS_STORAGE_FAILED', 'RCS_STORAGE_TIMEOUT'),
    answer: bodies(answer => ({ ...answer, body: none })),
  },
];
