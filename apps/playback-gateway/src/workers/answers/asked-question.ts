import type { OwnWorkerAnswer } from '#contracts';
import type { Question } from './answer-connection.js';

/** A request for a body. */
export interface BodyRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

/** Of a value that ends no line. */
const fieldValue = /^[\t\x20-\x7e]*$/;

/** A request, who waits for the head of its answer, and the signal that gives it up until then. */
export class AskedQuestion implements Question {
  readonly text: string;
  readonly encoding: 'latin1' | 'utf8';
  takenBy: Question['takenBy'];
  private readonly leave = (): void => {
    this.failed(this.signal.reason as Error);
    if (this.takenBy === undefined) this.onLeft(this);
    else this.takenBy.giveUp(this);
  };

  /** @param onLeft told when the signal gives it up before a connection took it. @throws Error for header fields that are none */
  constructor(
    host: string,
    { path, headers, body }: BodyRequest,
    private readonly signal: AbortSignal,
    private readonly resolve: (answer: OwnWorkerAnswer) => void,
    private readonly reject: (reason: Error) => void,
    private readonly onLeft: (question: AskedQuestion) => void,
  ) {
    const bytes = Buffer.byteLength(body);
    let head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\ncontent-length: ${bytes}\r\n`;
    for (const name in headers) {
      const value = headers[name] ?? '';
      if (!fieldValue.test(value)) throw new Error(`the header field ${name} has characters that it may not have`);
      head += `${name}: ${value}\r\n`;
    }
    this.text = `${head}\r\n${body}`;
    // The same bytes, and quicker, where every character has one.
    this.encoding = bytes === body.length ? 'latin1' : 'utf8';
    signal.addEventListener('abort', this.leave, { once: true });
  }

  answered(answer: OwnWorkerAnswer): void {
    this.signal.removeEventListener('abort', this.leave);
    this.resolve(answer);
  }

  failed(error: Error): void {
    this.signal.removeEventListener('abort', this.leave);
    this.reject(error);
  }
}
