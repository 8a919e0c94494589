import type { Dispatcher, Pool } from 'undici';
import { withMemoryLentForNow } from '#spent-memory';
import type { RangeConnections } from './ranges/range-connections.js';

type Options = Dispatcher.DispatchOptions;
type Handler = Dispatcher.DispatchHandler;
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What `StorageExchange` asks with. */
export type RequestDispatcher = { dispatch(options: Options, handler: Handler): unknown };

/** A storage of which an answer was odd is asked by undici alone for so long. */
const oddForMs = 10 * 60_000;

/**
 * Sends requests to one storage, so many at once and the others in turn. Ranges come over connections of our own, without a
 * copy, from a storage that has answered a range by one whose length it named; undici has all else, and every answer that is
 * anything else.
 */
export class StorageDispatcher implements RequestDispatcher {
  private running = 0;
  private readonly queue: { readonly options: Options; readonly handler: Handler }[] = [];
  private namesLengths = false;
  private oddUntil = -Infinity;
  private closedBy: Error | undefined;

  /** @param most requests at once */
  constructor(
    private readonly pool: Pool,
    private readonly ranges: RangeConnections,
    private readonly most: number,
  ) {}

  /** Requests that none has begun with. */
  get waiting(): number {
    return this.queue.length;
  }

  dispatch(options: Options, handler: Handler): void {
    this.queue.push({ options, handler });
    this.begin();
  }

  /** Breaks off whatever comes, and what waits. */
  async destroy(error: Error): Promise<void> {
    this.closedBy = error;
    this.ranges.destroy(error);
    for (const { handler } of this.queue.splice(0)) handler.onResponseError?.(noController, error);
    await this.pool.destroy();
  }

  private begin(): void {
    while (this.running < this.most && this.queue.length > 0) {
      const next = this.queue.shift();
      if (next === undefined) return;
      this.running++;
      const { options, handler } = next;
      const { path, headers } = options;
      if (this.closedBy !== undefined) handler.onResponseError?.(noController, this.closedBy);
      else if (this.isRangeByUs(options))
        this.ranges.ask({
          path,
          headers: headers as Readonly<Record<string, string>>,
          handler: this.counted(handler),
          unsuited: () => {
            this.oddUntil = performance.now() + oddForMs;
            this.pool.dispatch(options, this.lending(options, this.counted(handler)));
          },
        });
      else this.pool.dispatch(options, this.lending(options, this.counted(handler)));
    }
  }

  private isRangeByUs({ method, headers }: Options): boolean {
    return method === 'GET' && isRange(headers) && this.namesLengths && performance.now() > this.oddUntil;
  }

  /** Makes room for the next one when this is over. */
  private counted(handler: Handler): Handler {
    const over = (): void => {
      this.running--;
      this.begin();
    };
    return {
      onRequestStart: (...told) => handler.onRequestStart?.(...told),
      onResponseStart: (...told) => handler.onResponseStart?.(...told),
      onResponseData: (...told) => handler.onResponseData?.(...told),
      onResponseEnd: (...told) => {
        over();
        handler.onResponseEnd?.(...told);
      },
      onResponseError: (...told) => {
        over();
        handler.onResponseError?.(...told);
      },
    };
  }

  /**
   * Of undici: what one read of the connection brings of a body that is no more than a span of it comes in one piece, which is
   * all that is left of its memory then.
   */
  private lending({ method, headers }: Options, handler: Handler): Handler {
    let isSpan = false;
    return {
      ...handler,
      onResponseStart: (controller, status, fields, message) => {
        isSpan = namesLength(fields);
        if (method === 'GET' && isRange(headers) && status < 300) this.namesLengths = isSpan && status === 206;
        handler.onResponseStart?.(controller, status, fields, message);
      },
      onResponseData: (controller, chunk) =>
        handler.onResponseData?.(controller, isSpan ? withMemoryLentForNow(chunk) : chunk),
    };
  }
}

const isRange = (headers: Options['headers']): boolean =>
  headers !== null && headers !== undefined && !Array.isArray(headers) && 'range' in headers;

const namesLength = (fields: Headers): boolean =>
  typeof fields['content-length'] === 'string' && fields['transfer-encoding'] === undefined;

/** Of a request that nobody has begun with. */
const noController = { abort: nothing, pause: nothing, resume: nothing } as unknown as Dispatcher.DispatchController;

function nothing(): void {
  return;
}
