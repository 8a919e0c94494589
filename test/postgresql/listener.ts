import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';

/** For the next piece of an answer, and for a whole recording. */
const patienceMs = 60_000;
const patienceOfAllMs = 150_000;

export interface ListenerOptions {
  /** Gateways in turn: where one fails the listener goes on at the next. */
  readonly gateways: readonly string[];
  readonly path: string;
  readonly expected: Buffer;
  readonly ca: Buffer;
  readonly auth: string;
  /** Bytes per second; asked again at every piece. */
  readonly bytesPerSecond: () => number;
}

/** A player that goes on where it was, at another gateway, and tells what it met. */
export class Listener {
  /** Of the answers that brought media: their audit records were durable before. */
  readonly requestIds: string[] = [];
  /** How often an answer broke off. */
  interruptions = 0;
  /** Answers 503, all of which said when to come again. */
  refusals = 0;
  /** Bytes that came and were right. */
  position = 0;
  readonly finished: Promise<void>;

  constructor(private readonly options: ListenerOptions) {
    this.finished = this.listen();
    // Whoever waits for it sees how it ends; until then that is no unhandled failure.
    this.finished.catch(() => undefined);
  }

  get isPlaying(): boolean {
    return this.position > 0 && this.position < this.options.expected.length;
  }

  private async listen(): Promise<void> {
    const { gateways, expected } = this.options;
    const end = performance.now() + patienceOfAllMs;
    for (let turn = 0; this.position < expected.length; turn++) {
      if (performance.now() > end) throw new Error(`not whole after ${this.position} bytes`);
      const answer = await this.ask(gateways[turn % gateways.length]!);
      if (answer?.statusCode === 200 || answer?.statusCode === 206) await this.take(answer);
      else await this.wait(answer);
    }
  }

  /** Undefined where nobody answered. */
  private ask(gateway: string): Promise<IncomingMessage | undefined> {
    const { path, ca, auth } = this.options;
    const headers = this.position === 0 ? {} : { range: `bytes=${this.position}-` };
    return new Promise((resolve, reject) => {
      const request = get(`${gateway}${path}`, { ca, auth, headers, agent: false, timeout: patienceMs }, resolve);
      request.on('timeout', () => request.destroy(new Error(`waited in vain for ${gateway} to go on`)));
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') resolve(undefined);
        else reject(error);
      });
    });
  }

  private async wait(answer: IncomingMessage | undefined): Promise<void> {
    answer?.resume();
    if (answer !== undefined) {
      if (answer.statusCode !== 503 || answer.headers['retry-after'] === undefined)
        throw new Error(`status ${answer.statusCode ?? 0}, retry-after ${answer.headers['retry-after'] ?? 'missing'}`);
      this.refusals++;
    }
    await new Promise(resolve => setTimeout(resolve, 200));
  }

  private take(answer: IncomingMessage): Promise<void> {
    const { expected, bytesPerSecond } = this.options;
    this.requestIds.push(String(answer.headers['x-request-id']));
    return new Promise((resolve, reject) => {
      const began = performance.now();
      const first = this.position;
      let timer: NodeJS.Timeout | undefined;
      answer.on('data', (chunk: Buffer) => {
        if (!chunk.equals(expected.subarray(this.position, this.position + chunk.length))) {
          answer.destroy();
          reject(new Error(`other bytes within the piece at ${this.position}`));
          return;
        }
        this.position += chunk.length;
        const aheadMs = ((this.position - first) / bytesPerSecond()) * 1000 - (performance.now() - began);
        if (aheadMs <= 20) return;
        answer.pause();
        // Whoever is held back looks often whether the pace has changed.
        timer = setTimeout(() => answer.resume(), Math.min(aheadMs, 500));
      });
      // That it broke off shows in its end.
      answer.on('error', () => undefined);
      answer.on('close', () => {
        clearTimeout(timer);
        if (!answer.complete) this.interruptions++;
        resolve();
      });
    });
  }
}
