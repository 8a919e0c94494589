import { randomBytes } from 'node:crypto';

/** Header fields of W3C Trace Context; in gRPC the same names are metadata. */
export const traceparentHeader = 'traceparent';
export const tracestateHeader = 'tracestate';

/** Where a hop stands in a trace (W3C Trace Context, section 3). */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits, not all zero. */
  readonly spanId: string;
  readonly sampled: boolean;
  /** What other tracing systems want to hear again, as it came. */
  readonly tracestate: string | undefined;
}

/** Header fields as Node and gRPC give them; those of a trace may be among them. */
export type TraceHeaders = Readonly<Record<string, unknown>>;

/** Version ff is forbidden; later versions may add fields behind the four of version 00 (section 3.2.2). */
const traceparentForm = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const sampledFlag = 1;
/** Everybody must pass on at least this much (section 3.3.1.5), characters. */
const maximumTracestateLength = 512;
const tracestateForm = /^[\x20-\x7e]+$/;

/** The caller's context; undefined when there is none, or none that holds. */
export function parseTraceContext(headers: TraceHeaders): TraceContext | undefined {
  const { [traceparentHeader]: traceparent, [tracestateHeader]: tracestate } = headers;
  if (typeof traceparent !== 'string' || traceparent.length > maximumTracestateLength) return undefined;
  const [matched, version, traceId, spanId, flags, more] = traceparentForm.exec(traceparent.trim()) ?? [];
  if (matched === undefined || traceId === undefined || spanId === undefined) return undefined;
  if (version === '00' && more !== undefined) return undefined;
  const sampled = (Number.parseInt(flags ?? '0', 16) & sampledFlag) === sampledFlag;
  return { traceId, spanId, sampled, tracestate: acceptableTracestate(tracestate) };
}

/** A context that begins here, and of which nobody keeps a record. */
export function newTraceContext(): TraceContext {
  const bytes = randomBytes(24).toString('hex');
  return { traceId: bytes.slice(0, 32), spanId: bytes.slice(32), sampled: false, tracestate: undefined };
}

/** The header fields for the next hop. */
export function traceHeaders({ traceId, spanId, sampled, tracestate }: TraceContext): Readonly<Record<string, string>> {
  const traceparent = `00-${traceId}-${spanId}-0${sampled ? sampledFlag : 0}`;
  return tracestate === undefined
    ? { [traceparentHeader]: traceparent }
    : { [traceparentHeader]: traceparent, [tracestateHeader]: tracestate };
}

function acceptableTracestate(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > maximumTracestateLength) return undefined;
  return tracestateForm.test(value) ? value : undefined;
}
