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

/** Fields of every log line that is written for a request. */
export function requestLogFields(): { readonly requestId?: string; readonly traceId?: string } {
  const context = requests.getStore();
  return context === undefined ? {} : { requestId: context.requestId, traceId: context.span.traceId };
}
