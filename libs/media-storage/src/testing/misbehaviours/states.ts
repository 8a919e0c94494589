import {
  changed,
  fails,
  mayFail,
  none,
  properAnswer,
  right,
  send,
  without,
  type Fields,
  type Misbehaviour,
} from './misbehaviour.js';

const status = (name: string, line: string, outcome: Misbehaviour['outcome'], fields: Fields = {}): Misbehaviour => ({
  name,
  outcome,
  answer: request => send(request, { status: line, fields: { 'Content-Length': 0, ...fields }, body: none }),
});

const fields = (change: (fields: Fields, turn: number) => Fields) =>
  changed((answer, _request, _file, turn) => ({ ...answer, fields: change(answer.fields, turn) }));

const failed = fails('RCS_STORAGE_FAILED');
const missing = fails('RCS_STORAGE_FILE_MISSING');
const refused = fails('RCS_STORAGE_ACCESS_REFUSED');
const minute = 'Sun, 06 Nov 1994 08:49:';

/** What a storage says of the state of a file, and statuses instead of the file. */
export const stateMisbehaviours: readonly Misbehaviour[] = [
  {
    name: 'another entity tag in every answer',
    outcome: mayFail('RCS_STORAGE_CHANGED'),
    answer: fields((all, turn) => ({ ...all, ETag: `"${turn}"` })),
  },
  {
    name: 'another time of change in every answer',
    outcome: mayFail('RCS_STORAGE_CHANGED'),
    answer: fields((all, turn) => ({ ...all, 'Last-Modified': `${minute}${String(turn % 60).padStart(2, '0')} GMT` })),
  },
  {
    name: 'entity tags weak and strong in turn',
    outcome: right,
    answer: fields((all, turn) => ({ ...all, ETag: turn % 2 === 0 ? '"a"' : 'W/"a"' })),
  },
  { name: 'no validators', outcome: right, answer: fields(all => without(all, 'ETag', 'Last-Modified')) },
  { name: 'an entity tag without quotes', outcome: right, answer: fields(all => ({ ...all, ETag: 'a b' })) },
  { name: 'two entity tags', outcome: right, answer: fields(all => ({ ...all, ETag: ['"a"', '"b"'] })) },
  {
    name: 'two times of change',
    outcome: right,
    answer: fields(all => ({ ...all, 'Last-Modified': [`${minute}37 GMT`, `${minute}38 GMT`] })),
  },
  {
    name: 'a time of change that is none',
    outcome: right,
    answer: fields(all => ({ ...all, 'Last-Modified': 'lately' })),
  },
  {
    name: 'validators in every second answer',
    outcome: mayFail('RCS_STORAGE_CHANGED'),
    answer: fields((all, turn) => (turn % 2 === 0 ? without(all, 'ETag', 'Last-Modified') : all)),
  },
  ...[300, 301, 302, 303, 307, 308].map(code =>
    status(`${code} to itself`, `${code} There`, failed, { Location: '.' }),
  ),
  ...['file:///etc/passwd', 'http://127.0.0.1:1/', '//localhost/x', 'javascript:1', ''].map(place =>
    status(`a redirection to ${place === '' ? 'nowhere' : place}`, '302 Found', failed, { Location: place }),
  ),
  ...[201, 202, 207, 299, 400, 402, 405, 407, 409, 418, 423, 451, 500, 501, 502, 504, 507, 599].map(code =>
    status(`status ${code}`, `${code} Odd`, failed),
  ),
  { ...status('status 204', '204 No Content', failed), answer: bare('204 No Content') },
  { ...status('status 304', '304 Not Modified', failed), answer: bare('304 Not Modified') },
  status('status 999', '999 Odd', fails('RCS_STORAGE_FAILED', 'RCS_STORAGE_UNREACHABLE')),
  status('status 404', '404 Not Found', missing),
  status('status 410', '410 Gone', missing),
  status('status 403', '403 Forbidden', refused),
  ...['1', '0', '-1', '99999999999999', 'Sun, 06 Nov 1994 08:49:37 GMT', 'soon'].flatMap(wait => [
    status(`429 with Retry-After ${wait}`, '429 Too Many', failed, { 'Retry-After': wait }),
    status(`503 with Retry-After ${wait}`, '503 Unavailable', failed, { 'Retry-After': wait }),
  ]),
  {
    name: 'missing at first, and there the second time',
    outcome: mayFail('RCS_STORAGE_FILE_MISSING'),
    answer: (request, file, turn) =>
      send(
        request,
        turn === 1 ? { status: '404 No', fields: { 'Content-Length': 0 }, body: none } : properAnswer(request, file),
      ),
  },
  {
    name: 'busy at every second question',
    outcome: mayFail('RCS_STORAGE_FAILED'),
    answer: (request, file, turn) =>
      send(
        request,
        turn % 2 === 1
          ? { status: '503 Busy', fields: { 'Content-Length': 0 }, body: none }
          : properAnswer(request, file),
      ),
  },
];

function bare(line: string): Misbehaviour['answer'] {
  return request => send(request, { status: line, fields: {}, body: none });
}
