import { fails, headOf, mayFail, properAnswer, right, send, type Misbehaviour } from './misbehaviour.js';

const failed = fails('RCS_STORAGE_FAILED');

const raw = (name: string, outcome: Misbehaviour['outcome'], bytes: string | Buffer): Misbehaviour => ({
  name,
  outcome,
  answer: ({ socket }) => socket.end(bytes),
});

/** The head of the proper answer as text, changed, before its body. */
const rewritten = (
  name: string,
  outcome: Misbehaviour['outcome'],
  rewrite: (head: string) => string,
): Misbehaviour => ({
  name,
  outcome,
  answer: (request, file) => {
    const { status, fields, body } = properAnswer(request, file);
    request.socket.write(Buffer.concat([Buffer.from(rewrite(headOf(status, fields)), 'latin1'), body]));
  },
});

/** Heads that are none, or odd ones; connections that end otherwise than they promised. */
export const headMisbehaviours: readonly Misbehaviour[] = [
  raw('a banner of something else', failed, 'SSH-2.0-OpenSSH_9.2\r\n'),
  raw('bytes without a head', failed, Buffer.alloc(5000, 0xfe)),
  raw('a line end and nothing else', fails('RCS_STORAGE_FAILED', 'RCS_STORAGE_UNREACHABLE'), '\r\n'),
  raw('half a head', fails('RCS_STORAGE_FAILED', 'RCS_STORAGE_UNREACHABLE'), 'HTTP/1.1 200 OK\r\nContent-Le'),
  raw('a version from the future', failed, 'HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n'),
  raw('a status that is none', failed, 'HTTP/1.1 xyz OK\r\nContent-Length: 0\r\n\r\n'),
  { name: 'a closed connection', outcome: fails('RCS_STORAGE_UNREACHABLE'), answer: ({ socket }) => socket.destroy() },
  {
    name: 'a reset connection',
    outcome: fails('RCS_STORAGE_UNREACHABLE'),
    answer: ({ socket }) => socket.resetAndDestroy(),
  },
  rewritten('a field of a megabyte', failed, head => head.replace('\r\n', `\r\nX-Long: ${'x'.repeat(1_000_000)}\r\n`)),
  rewritten('ten thousand fields', failed, head =>
    head.replace('\r\n', `\r\n${Array.from({ length: 10_000 }, (_, index) => `X-${index}: 1\r\n`).join('')}`),
  ),
  rewritten('line ends without a return', mayFail('RCS_STORAGE_FAILED'), head => head.replaceAll('\r\n', '\n')),
  rewritten('a folded field', mayFail('RCS_STORAGE_FAILED'), head => head.replace('\r\n', '\r\nX-Folded: a\r\n b\r\n')),
  rewritten('a blank before the colon', mayFail('RCS_STORAGE_FAILED'), head =>
    head.replace('\r\n', '\r\nX-Odd : a\r\n'),
  ),
  rewritten('a zero in a field', mayFail('RCS_STORAGE_FAILED'), head => head.replace('\r\n', '\r\nX-Odd: a\0b\r\n')),
  rewritten('a field that is not ASCII', right, head => head.replace('\r\n', '\r\nX-Odd: K\xf6ln\r\n')),
  rewritten('no reason in the status line', right, head => head.replace(/^(\S+ \d+) [^\r]*/, '$1')),
  rewritten('names of fields in capitals', right, head => head.replace(/^[^\r:]+(?=:)/gm, name => name.toUpperCase())),
  rewritten('no blanks behind colons', right, head => head.replaceAll(': ', ':')),
  {
    name: 'keep-alive promised, and closed',
    outcome: right,
    answer: (request, file) => {
      const proper = properAnswer(request, file);
      const fields = { ...proper.fields, Connection: 'keep-alive', 'Keep-Alive': 'timeout=60, max=100' };
      send(request, { ...proper, fields });
      request.socket.end();
    },
  },
  {
    name: 'keep-alive promised, and reset a moment later',
    outcome: right,
    answer: (request, file) => {
      send(request, properAnswer(request, file));
      // What was written is on its way: a reset now would be one of the answer.
      setTimeout(() => request.socket.resetAndDestroy(), 100);
    },
  },
  {
    name: 'a connection for every answer',
    outcome: right,
    answer: (request, file) => {
      const proper = properAnswer(request, file);
      send(request, { ...proper, fields: { ...proper.fields, Connection: 'close' } });
      request.socket.end();
    },
  },
  {
    name: 'every second question on a connection closed without an answer',
    outcome: mayFail('RCS_STORAGE_UNREACHABLE'),
    answer: (request, file, turn) => {
      if (turn % 2 === 0) request.socket.destroy();
      else send(request, properAnswer(request, file));
    },
  },
];
