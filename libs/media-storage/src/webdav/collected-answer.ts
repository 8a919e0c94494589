import type { AnswerReceiver, StorageAnswer, StorageExchange, StorageRequest } from './storage-exchange.js';
import type { WebDavConnection } from './webdav-connection.js';

export interface CollectedAnswer extends StorageAnswer {
  /** The first bytes of the body, as many as were wanted or fewer when it has no more. */
  readonly body: Buffer;
}

/**
 * Sends a request and gathers the beginning of the body: as many bytes as `wanted` says when it has seen the head; the
 * rest is cut off.
 * @throws RcsError
 */
export function collect(
  connection: WebDavConnection,
  request: StorageRequest,
  wanted: (answer: StorageAnswer) => number,
): Promise<CollectedAnswer> {
  return new Promise((resolve, reject) => {
    const collector = new Collector(wanted, resolve, reject);
    collector.exchange = connection.exchange(request, collector);
  });
}

class Collector implements AnswerReceiver {
  exchange: StorageExchange | undefined;
  private answer: StorageAnswer | undefined;
  private readonly chunks: Buffer[] = [];
  private missing = 0;

  constructor(
    private readonly wanted: (answer: StorageAnswer) => number,
    private readonly resolve: (answer: CollectedAnswer) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  head(answer: StorageAnswer): void {
    this.answer = answer;
    this.missing = this.wanted(answer);
    if (this.missing === 0) this.finish();
  }

  data(chunk: Buffer): void {
    const part = chunk.subarray(0, this.missing);
    this.chunks.push(part);
    this.missing -= part.length;
    if (this.missing === 0) this.finish();
  }

  end(): void {
    this.finish();
  }

  failed(error: unknown): void {
    this.reject(error);
  }

  private finish(): void {
    if (this.answer === undefined) return;
    this.resolve({ ...this.answer, body: Buffer.concat(this.chunks) });
    this.exchange?.discard();
  }
}
