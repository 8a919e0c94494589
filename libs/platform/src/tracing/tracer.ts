import { newTraceContext, parseTraceContext, traceHeaders, type TraceHeaders } from './trace-context.js';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** One part of the work on a request. */
export interface Span {
  readonly traceId: string;
  /** The header fields, or gRPC metadata, that tell the next hop where it stands. */
  readonly headers: Readonly<Record<string, string>>;
  /** A call to another process. */
  child(name: string, attributes?: SpanAttributes): Span;
  /** `error.type` among the attributes marks the span as failed. */
  set(attributes: SpanAttributes): void;
  end(): void;
}

/** Begins the part of a request that this process does. */
export interface Tracer {
  begin(name: string, caller: TraceHeaders, attributes?: SpanAttributes): Span;
  /** Sends what has not been sent. */
  shutdown(): Promise<void>;
}

/** Records nothing: passes the caller's context on as it came, or begins one, so that logs of all hops share a trace id. */
export const noopTracer: Tracer = {
  begin: (_, caller) => {
    const context = parseTraceContext(caller) ?? newTraceContext();
    return new PassiveSpan(context.traceId, traceHeaders(context));
  },
  shutdown: () => Promise.resolve(),
};

class PassiveSpan implements Span {
  constructor(
    readonly traceId: string,
    readonly headers: Readonly<Record<string, string>>,
  ) {}

  child(): Span {
    return this;
  }

  set(): void {
    // Nobody keeps it.
  }

  end(): void {
    // Nobody keeps it.
  }
}
