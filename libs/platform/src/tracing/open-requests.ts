import type { Span, SpanAttributes } from './tracer.js';

/** What everything that is done for one request has in common. */
export interface RequestContext {
  readonly requestId: string;
  readonly span: Span;
}

/**
 * The requests that this process works on. Calls and log lines name theirs by its id; AsyncLocalStorage, which would
 * save them that, makes every promise of the process dearer before Node 24.
 */
const open = new Map<string, RequestContext>();

/**
 * From now on log lines and calls that name the request belong to its trace. Of requests that share an id, because their
 * callers chose it, the last one has it.
 * @returns ends this.
 */
export function openRequest(context: RequestContext): () => void {
  const { requestId } = context;
  open.set(requestId, context);
  return () => {
    if (open.get(requestId) === context) open.delete(requestId);
  };
}

/** Does work for a request, which is open until the work has ended. */
export async function runInRequest<T>(context: RequestContext, work: () => Promise<T>): Promise<T> {
  const close = openRequest(context);
  try {
    return await work();
  } finally {
    close();
  }
}

/** The span of an open request. */
export function spanOf(requestId: string): Span | undefined {
  return open.get(requestId)?.span;
}

/** A span for a call to another process; undefined outside of any request. */
export function callSpan(requestId: string | undefined, name: string, attributes?: SpanAttributes): Span | undefined {
  return requestId === undefined ? undefined : spanOf(requestId)?.child(name, attributes);
}

/** The trace of a log line that names its request. */
export function traceLogFields(line: object): { readonly traceId?: string } {
  const requestId = 'requestId' in line ? line.requestId : undefined;
  const span = typeof requestId === 'string' ? spanOf(requestId) : undefined;
  return span === undefined ? {} : { traceId: span.traceId };
}
