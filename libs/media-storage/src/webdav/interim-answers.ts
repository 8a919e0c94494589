import type { Socket } from 'node:net';
import { buildConnector } from 'undici';

const nothing = Buffer.alloc(0);
/** 101 changes the protocol, which nobody asked for. */
const interimStart = /^HTTP\/1\.[01] 1(?!01)\d\d/;
const startLength = 'HTTP/1.1 100'.length;
/** Whether it is too short to tell. */
const mayBecomeInterim = (start: string): boolean =>
  start.length < startLength && ['HTTP/1.1 1', 'HTTP/1.0 1'].some(line => line.startsWith(start.slice(0, line.length)));
const headEnd = /\r?\n\r?\n/;
/** One byte less than the longest end of a head. */
const endOverlap = 3;

/**
 * A connector of undici whose connections read over interim answers, as every client has to (RFC 9110, 15.2): undici ends
 * a connection at 100 Continue, and waits anew after every other one. What is left out here counts for none of its
 * times, so that a storage that sends nothing else is given up like one that is silent.
 */
export function withoutInterimAnswers(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) =>
    connect(target, (...result) => {
      if (result[0] === null) readOverInterim(result[1]);
      callback(...result);
    });
}

/** undici takes bytes by `read()`, and sends a request in one piece: from then on an answer may begin. */
function readOverInterim(socket: Socket): void {
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
  const write = socket.write.bind(socket) as (...written: unknown[]) => boolean;
  let filter: InterimFilter | undefined;
  socket.write = (...written: unknown[]) => {
    filter ??= new InterimFilter();
    return write(...written);
  };
  socket.read = (size?: number) => {
    const bytes = read(size);
    if (filter === undefined || bytes === null) return bytes;
    const rest = filter.rest(bytes);
    if (rest !== undefined) filter = undefined;
    return rest ?? null;
  };
}

/** Leaves out the interim answers at the start of what it is given. */
class InterimFilter {
  private held: Buffer = nothing;
  private insideHead = false;

  /** The bytes from the last answer on; undefined while it has not begun. */
  rest(bytes: Buffer): Buffer | undefined {
    this.held = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes]);
    for (;;) {
      if (this.insideHead && !this.passHead()) return undefined;
      const start = this.held.toString('latin1', 0, startLength);
      if (mayBecomeInterim(start)) return undefined;
      if (!interimStart.test(start)) return this.held;
      this.insideHead = true;
    }
  }

  /** Drops what belongs to the head of an interim answer. Answers whether its end was there. */
  private passHead(): boolean {
    const text = this.held.toString('latin1');
    const end = headEnd.exec(text);
    this.held = this.held.subarray(end === null ? -endOverlap : end.index + end[0].length);
    this.insideHead = end === null;
    return end !== null;
  }
}
