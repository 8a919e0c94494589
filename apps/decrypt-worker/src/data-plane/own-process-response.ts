import type { OutgoingHttpHeaders } from 'node:http';
import { Duplex } from 'node:stream';
import type { OwnWorkerAnswer } from '#contracts';
import type { DataPlaneResponse } from './data-plane-exchange.js';

/** As much as a chunk of plaintext: more would only lie here. */
const heldBytes = 64 * 1024;

/**
 * An answer to a caller in this process: what is written is what the caller reads, the very buffers, and as fast as they
 * are taken. It closes without an end where the worker breaks off, and where the caller leaves.
 */
export class OwnProcessResponse extends Duplex implements DataPlaneResponse {
  statusCode = 200;
  readonly answered: Promise<OwnWorkerAnswer>;
  private head: OutgoingHttpHeaders = {};
  private sent = false;
  private answer: (answer: OwnWorkerAnswer) => void = () => undefined;
  private fail: (reason: Error) => void = () => undefined;
  private taken: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: heldBytes });
    this.answered = new Promise((resolve, reject) => {
      this.answer = resolve;
      this.fail = reject;
    });
    // Whoever waits hears of a failure; before and after that there must be a listener, too.
    this.answered.catch(() => undefined);
    this.on('error', () => undefined);
  }

  get headersSent(): boolean {
    return this.sent;
  }

  setHeader(name: string, value: string): this {
    this.head = { ...this.head, [name]: value };
    return this;
  }

  writeHead(status: number, headers: OutgoingHttpHeaders = {}): this {
    if (this.sent) throw new Error('the head was written before');
    this.sent = true;
    this.statusCode = status;
    const fields = Object.entries({ ...this.head, ...headers }).map(([name, value]) => [name, textOf(value)]);
    this.answer({ statusCode: status, headers: Object.fromEntries(fields) as OwnWorkerAnswer['headers'], body: this });
    return this;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, taken: () => void): void {
    if (this.push(chunk)) taken();
    else this.taken = taken;
  }

  override _read(): void {
    const { taken } = this;
    this.taken = undefined;
    taken?.();
  }

  override _final(done: () => void): void {
    if (!this.sent) this.writeHead(this.statusCode);
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.taken = undefined;
    if (!this.sent) this.fail(error ?? new Error('the worker broke off'));
    done(error);
  }
}

const textOf = (value: OutgoingHttpHeaders[string]): string | string[] | undefined =>
  value === undefined || typeof value === 'string' ? value : Array.isArray(value) ? [...value] : String(value);
