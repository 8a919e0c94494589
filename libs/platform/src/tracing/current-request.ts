import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span, SpanAttributes } from './tracer.js';

/** What everything that is done for one request has in common. */
export interface RequestContext {
  readonly requestId: string;
  readonly span: Span;
}

const requests = new AsyncLocalStorage<RequestContext>();

/** Does work for a request: its log lines and its calls to other processes carry the request's ids. */
export function runInRequest<T>(context: RequestContext, work: () => T): T {
  return requests.run(context, work);
}

export function currentRequest(): RequestContext | undefined {
  return requests.getStore();
}

/** A span for a call to another process; undefined outside of any request. */
export function callSpan(name: string, attributes?: SpanAttributes): Span | undefined {
  return requests.getStore()?.span.child(name, attributes);
}

/**
 * Fields of every log line that is written for a request. A line that names another request itself (work that waited for
 * several of them together) is not of this trace.
 */
export function requestLogFields(line: object): { readonly requestId?: string; readonly traceId?: string } {
  const context = requests.getStore();
  if (context === undefined) return {};
  const { requestId, span } = context;
  const named = 'requestId' in line ? line.requestId : requestId;
  return named === requestId ? { requestId, traceId: span.traceId } : {};
}
