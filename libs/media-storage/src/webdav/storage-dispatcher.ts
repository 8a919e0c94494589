import type { Dispatcher, Pool } from 'undici';
import { withMemoryLentForNow } from '#spent-memory';
import type { RangeConnections } from './ranges/range-connections.js';

type Options = Dispatcher.DispatchOptions;
type Handler = Dispatcher.DispatchHandler;
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What `StorageExchange` asks with. */
export interface RequestDispatcher {
  /** @param way `undici` for what was answered in a way that is read by it alone: an `AnswerError` said so */
  dispatch(options: Options, handler: Handler, way?: 'undici'): unknown;
}

interface Waiting {
  readonly options: Options;
  readonly handler: Handler;
  readonly way: 'undici' | undefined;
}

/** A storage that answers with a body in an odd way is asked by undici alone for so long; a page for a missing file says nothing of media. */
const oddForMs = 10 * 60_000;

/**
 * Sends requests to one storage, so many at once and the others in turn. Ranges come over connections of our own, without a
 * copy, from a storage that has answered a range by one whose length it named; undici has all else, and every answer that is
 * anything else.
 */
export class StorageDispatcher implements RequestDispatcher {
  private running = 0;
  private readonly queue: Waiting[] = [];
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

  dispatch(options: Options, handler: Handler, way?: 'undici'): void {
    if (this.closedBy !== undefined) {
      handler.onResponseError?.(noController, this.closedBy);
      return;
    }
    this.queue.push({ options, handler, way });
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
    while (this.closedBy === undefined && this.running < this.most) {
      const next = this.queue.shift();
      if (next === undefined) return;
      this.running++;
      const handler = this.counted(next.handler);
      try {
        this.send(next, handler);
      } catch (error) {
        handler.onResponseError?.(noController, error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  private send({ options, way }: Waiting, handler: Handler): void {
    const { path, headers } = options;
    if (way === undefined && this.isRangeByUs(options))
      this.ranges.ask({ path, headers: headers as Readonly<Record<string, string>>, handler });
    else this.pool.dispatch(options, this.lending(options, handler, way));
  }

  private isRangeByUs({ method, headers }: Options): boolean {
    return method === 'GET' && isRange(headers) && this.namesLengths && performance.now() > this.oddUntil;
  }

  /** Makes room for the next one when this is over. */
  private counted(handler: Handler): Handler {
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      this.running--;
      this.begin();
    };
    return {
      onRequestStart: (...told) => handler.onRequestStart?.(...told),
      onResponseStart: (...told) => handler.onResponseStart?.(...told),
      onResponseData: (...told) => handler.onResponseData?.(...told),
      onResponseEnd: (...told) => {
        try {
          handler.onResponseEnd?.(...told);
        } finally {
          over();
        }
      },
      onResponseError: (...told) => {
        try {
          handler.onResponseError?.(...told);
        } finally {
          over();
        }
      },
    };
  }

  /**
   * Of undici: what one read of the connection brings of a body that is no more than a span of it comes in one piece, which is
   * all that is left of its memory then.
   */
  private lending({ method, headers }: Options, handler: Handler, way: Waiting['way']): Handler {
    let isSpan = false;
    const isOdd = (): void => {
      if (way === 'undici') this.oddUntil = performance.now() + oddForMs;
    };
    return {
      ...handler,
      onResponseStart: (controller, status, fields, message) => {
        isSpan = namesLength(fields);
        if (status < 300) isOdd();
        if (method === 'GET' && isRange(headers) && status < 300) this.namesLengths = isSpan && status === 206;
        handler.onResponseStart?.(controller, status, fields, message);
      },
      onResponseData: (controller, chunk) =>
        handler.onResponseData?.(controller, isSpan ? withMemoryLentForNow(chunk) : chunk),
      onResponseError: (controller, error) => {
        isOdd();
        handler.onResponseError?.(controller, error);
      },
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
