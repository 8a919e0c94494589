import {
  changed,
  chunk,
  fails,
  lastChunk,
  mayFail,
  none,
  properAnswer,
  rangeAsked,
  rangeFields,
  right,
  send,
  wholeAnswer,
  withoutLength,
  without,
  type Misbehaviour,
} from './misbehaviour.js';

const contentRange = (value: (start: number, end: number, size: number) => string | readonly string[]) =>
  rangeFields((fields, [start, end], size) => ({ ...fields, 'Content-Range': value(start, end, size) }));

/** A range that is answered by something else, or described as something else. */
export const rangeMisbehaviours: readonly Misbehaviour[] = [
  {
    name: 'a range that begins elsewhere',
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: contentRange((start, end, size) => `bytes ${start + 1}-${end}/${size}`),
  },
  {
    name: 'a range that ends elsewhere',
    outcome: fails('RCS_STORAGE_FAILED', 'RCS_STORAGE_CHANGED'),
    answer: contentRange((start, end, size) => `bytes ${start}-${end}/${size + 1}`),
  },
  {
    name: 'half of the range that was asked for',
    outcome: mayFail('RCS_STORAGE_FAILED'),
    answer: (request, file) => {
      const proper = properAnswer(request, file);
      const range = rangeAsked(request, file.bytes.length);
      if (range === undefined) return send(request, proper);
      const [start, length] = [range[0], Math.ceil(proper.body.length / 2)];
      const part = `bytes ${start}-${start + length - 1}/${file.bytes.length}`;
      const fields = { ...proper.fields, 'Content-Range': part, 'Content-Length': length };
      send(request, { ...proper, fields, body: proper.body.subarray(0, length) });
    },
  },
  {
    name: 'the beginning of the file for every range',
    outcome: mayFail('RCS_STORAGE_FAILED', 'RCS_STORAGE_CHANGED'),
    answer: (request, file) => {
      const proper = properAnswer(request, file);
      if (proper.body.length === 0) return send(request, proper);
      const part = `bytes 0-${proper.body.length - 1}/${file.bytes.length}`;
      const body = file.bytes.subarray(0, proper.body.length);
      send(request, { ...proper, fields: { ...proper.fields, 'Content-Range': part }, body });
    },
  },
  {
    name: 'a total that is one too many',
    outcome: mayFail(
      'RCS_STORAGE_FAILED',
      'RCS_STORAGE_CHANGED',
      'RCS_CONTENT_CHANGED',
      'RCS_MEDIA_UNDECRYPTABLE',
      'RCS_ENVELOPE_UNREADABLE',
    ),
    answer: contentRange((start, end, size) => `bytes ${start}-${end - 1}/${size + 1}`),
  },
  {
    name: 'another total in every answer',
    outcome: mayFail(
      'RCS_STORAGE_FAILED',
      'RCS_STORAGE_CHANGED',
      'RCS_CONTENT_CHANGED',
      'RCS_MEDIA_UNDECRYPTABLE',
      'RCS_ENVELOPE_UNREADABLE',
    ),
    answer: changed((answer, request, { bytes }, turn) => {
      const range = rangeAsked(request, bytes.length);
      if (range === undefined || request.method === 'HEAD') return answer;
      const part = `bytes ${range[0]}-${range[1] - 1}/${bytes.length + turn}`;
      return { ...answer, fields: { ...answer.fields, 'Content-Range': part } };
    }),
  },
  {
    name: 'a star for the total',
    outcome: right,
    answer: contentRange((start, end) => `bytes ${start}-${end - 1}/*`),
  },
  {
    name: 'a star for the total, and no length for HEAD',
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: changed((answer, request, { bytes }) => {
      const range = rangeAsked(request, bytes.length);
      if (range === undefined || request.method === 'HEAD') return { ...answer, fields: withoutLength(answer.fields) };
      return { ...answer, fields: { ...answer.fields, 'Content-Range': `bytes ${range[0]}-${range[1] - 1}/*` } };
    }),
  },
  {
    name: '206 without Content-Range',
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: rangeFields(fields => without(fields, 'Content-Range')),
  },
  ...(
    [
      ['in another unit', 'items 0-9/10'],
      ['as words', 'all of it'],
      ['with numbers nobody can count', `bytes 0-${'9'.repeat(30)}/${'9'.repeat(31)}`],
      ['with negative numbers', 'bytes -5-9/10'],
      ['backwards', 'bytes 9-0/300000'],
      ['empty', ''],
    ] as const
  ).map(([how, value]): Misbehaviour => {
    return { name: `Content-Range ${how}`, outcome: fails('RCS_STORAGE_FAILED'), answer: contentRange(() => value) };
  }),
  {
    name: 'Content-Range as the request has it',
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: contentRange((start, end, size) => `bytes=${start}-${end - 1}/${size}`),
  },
  {
    name: 'Content-Range in capitals, with blanks around',
    outcome: right,
    answer: contentRange((start, end, size) => `   BYTES ${start}-${end - 1}/${size}   `),
  },
  {
    name: 'Content-Range twice, the same',
    outcome: mayFail('RCS_STORAGE_FAILED'),
    answer: contentRange((start, end, size) => [
      `bytes ${start}-${end - 1}/${size}`,
      `bytes ${start}-${end - 1}/${size}`,
    ]),
  },
  {
    name: 'Content-Range twice, the second for another range',
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: contentRange((start, end, size) => [`bytes ${start}-${end - 1}/${size}`, `bytes 0-9/${size}`]),
  },
  {
    name: 'the whole file for every range',
    outcome: right,
    answer: (request, file) => send(request, wholeAnswer(request, file)),
  },
  {
    name: 'the whole file for every range, in chunks',
    outcome: right,
    answer: (request, file) => {
      const whole = wholeAnswer(request, file);
      if (request.method === 'HEAD') return send(request, whole);
      const fields = { ...withoutLength(whole.fields), 'Transfer-Encoding': 'chunked' };
      send(request, { ...whole, fields, body: Buffer.concat([chunk(whole.body), lastChunk]) });
    },
  },
  {
    name: 'the range, said to be the whole file',
    outcome: mayFail('RCS_STORAGE_FAILED', 'RCS_STORAGE_CHANGED', 'RCS_ENVELOPE_UNREADABLE', 'RCS_MEDIA_UNDECRYPTABLE'),
    answer: changed(answer => ({ ...answer, status: '200 OK' })),
  },
  {
    name: 'no range can be had',
    outcome: mayFail('RCS_STORAGE_FAILED', 'RCS_STORAGE_CHANGED'),
    answer: (request, file) => {
      if (request.range === undefined) return send(request, properAnswer(request, file));
      const fields = { 'Content-Range': `bytes */${file.bytes.length}`, 'Content-Length': 0 };
      send(request, { status: '416 Range Not Satisfiable', fields, body: none });
    },
  },
  {
    name: 'no range can be had, of nobody knows what',
    outcome: mayFail('RCS_STORAGE_FAILED', 'RCS_STORAGE_CHANGED'),
    answer: (request, file) => {
      if (request.range === undefined) return send(request, properAnswer(request, file));
      send(request, { status: '416 Range Not Satisfiable', fields: { 'Content-Length': 0 }, body: none });
    },
  },
  {
    name: 'the range as one of several parts',
    outcome: fails('RCS_STORAGE_FAILED'),
    answer: (request, file) => {
      const proper = properAnswer(request, file);
      if (proper.body.length === 0 || request.range === undefined) return send(request, proper);
      const part = `--seam\r\nContent-Range: ${String(proper.fields['Content-Range'])}\r\n\r\n`;
      const body = Buffer.concat([Buffer.from(part), proper.body, Buffer.from('\r\n--seam--\r\n')]);
      const state = without(proper.fields, 'Content-Range');
      const type = 'multipart/byteranges; boundary=seam';
      send(request, { ...proper, fields: { ...state, 'Content-Type': type, 'Content-Length': body.length }, body });
    },
  },
];
