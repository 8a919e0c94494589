import { AnswerError, parseAnswerHead } from './answer-head.js';

const head = (...lines: readonly string[]) => parseAnswerHead(['HTTP/1.1 206 Partial Content', ...lines].join('\r\n'));
const length = 'content-length: 10';

describe(parseAnswerHead.name, () => {
  it('reads status, fields and length', () => {
    const { headers, ...rest } = head('Content-Length: 10', 'ETag:"a" \t', 'x: 1', 'X:\t2', 'empty:');
    expect(rest).toEqual({ status: 206, length: 10, isKept: true });
    expect({ ...headers }).toEqual({ 'content-length': '10', etag: '"a"', x: '1, 2', empty: '' });
  });

  it('takes the name of a field for nothing else', () => {
    const { headers } = head(length, '__proto__: 1', 'constructor: 2');
    expect([headers['__proto__'], headers['constructor'], headers['toString']]).toEqual(['1', '2', undefined]);
  });

  it.each(['close', 'Close', 'keep-alive, close'])('does not keep a connection that says %s', option => {
    expect(head(length, `connection: ${option}`).isKept).toBe(false);
  });

  it.each([100, 102, 204, 304])('knows that %i has no body', status => {
    expect(parseAnswerHead(`HTTP/1.1 ${status} x`)).toMatchObject({ status, length: 0 });
    expect(parseAnswerHead(`HTTP/1.1 ${status} x\r\ncontent-length: 7`).length).toBe(0);
  });

  it.each([
    ['an older version', 'HTTP/1.0 200 OK'],
    ['another version', 'HTTP/2 200 OK'],
    ['no version', '200 OK'],
    ['a status of two digits', 'HTTP/1.1 20 OK'],
    ['a status that there is not', 'HTTP/1.1 600 OK'],
    ['no space behind the status', 'HTTP/1.1 200'],
    ['something before it', ' HTTP/1.1 200 OK'],
    ['nothing', ''],
  ])('refuses a status line with %s', (_, line) => {
    expect(() => parseAnswerHead(`${line}\r\n${length}`)).toThrow(AnswerError);
  });

  it.each([
    ['two lengths', length, length],
    ['two lengths in one field', 'content-length: 10, 10'],
    ['a length with a sign', 'content-length: +10'],
    ['a length below nothing', 'content-length: -1'],
    ['a length in another base', 'content-length: 0x10'],
    ['a length that is no number', 'content-length: ten'],
    ['an empty length', 'content-length:'],
    ['a length beyond all files', `content-length: ${'9'.repeat(16)}`],
    ['no length', 'etag: "a"'],
    ['chunks', 'transfer-encoding: chunked'],
    ['chunks and a length', length, 'Transfer-Encoding: chunked'],
    ['a coding', length, 'transfer-encoding: gzip'],
    ['a space before the colon', 'content-length : 10'],
    ['a field that goes on in the next line', length, 'x: 1', ' 2'],
    ['a line without a colon', length, 'nothing'],
    ['a field without a name', length, ': 1'],
    ['an empty line', length, ''],
    ['a bare line feed', `${length}\nx: 1`],
    ['a bare carriage return', `${length}\rx: 1`],
    ['a zero byte', length, 'x: \0'],
  ])('refuses a head with %s', (_, ...lines) => {
    expect(() => head(...lines)).toThrow(AnswerError);
  });
});
