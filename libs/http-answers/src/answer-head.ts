/** What came is no answer, or not one that is read here. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

export interface AnswerHead {
  readonly status: number;
  /** By names in lower case; what came in several lines is one list (RFC 9110, 5.3). */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the body, in bytes. */
  readonly length: number;
  /** Whether another request may follow on the connection. */
  readonly isKept: boolean;
}

const statusLine = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e\x80-\xff]*$/;
/** A line that begins with white space goes on with the one before in old messages: it is no field. */
const fieldLine = /^([!#$%&'*+.^_`|~\dA-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*?)[\t ]*$/;
const digits = /^\d{1,15}$/;

/**
 * Reads the head of an answer, strictly: its body has a length that it names once, and no coding.
 * @param text status line and fields without the empty line behind them
 * @throws AnswerError
 */
export function parseAnswerHead(text: string): AnswerHead {
  const [first = '', ...lines] = text.split('\r\n');
  const status = Number(statusLine.exec(first)?.[1] ?? NaN);
  if (Number.isNaN(status)) throw new AnswerError('what came begins with no status line of HTTP/1.1');
  // Without names of its own: a field may have any name.
  const headers = Object.create(null) as Record<string, string>;
  for (const line of lines) {
    const [, field, value] = fieldLine.exec(line) ?? [];
    if (field === undefined || value === undefined) throw new AnswerError('a line of the head is no header field');
    const name = field.toLowerCase();
    const before = headers[name];
    if (before !== undefined && name === 'content-length') throw new AnswerError('the head names two lengths');
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return { status, headers, length: lengthOf(status, headers), isKept: isKept(headers) };
}

function lengthOf(status: number, headers: Readonly<Record<string, string>>): number {
  const { 'content-length': length, 'transfer-encoding': coding } = headers;
  if (coding !== undefined) throw new AnswerError('the body has a transfer coding');
  if (length !== undefined && !digits.test(length)) throw new AnswerError('the length of the body is no number');
  if (status < 200 || status === 204 || status === 304) return 0;
  if (length === undefined) throw new AnswerError('the head does not say how long the body is');
  return Number(length);
}

const isKept = ({ connection = '' }: Readonly<Record<string, string>>): boolean =>
  !connection.split(',').some(option => option.trim().toLowerCase() === 'close');
