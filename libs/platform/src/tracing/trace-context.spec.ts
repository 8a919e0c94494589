import { newTraceContext, parseTraceContext, traceHeaders } from './trace-context.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

describe(parseTraceContext.name, () => {
  it.each([
    ['sampled', `00-${traceId}-${spanId}-01`, true],
    ['not sampled', `00-${traceId}-${spanId}-00`, false],
    ['sampled, with flags we do not know', `00-${traceId}-${spanId}-ff`, true],
    ['of a later version', `01-${traceId}-${spanId}-01`, true],
    ['of a later version with more fields', `cc-${traceId}-${spanId}-00-what-the-future-will-be-like`, false],
    ['with spaces around it', ` 00-${traceId}-${spanId}-01 `, true],
  ])('reads a context that is %s', (_, traceparent, sampled) => {
    expect(parseTraceContext({ traceparent })).toEqual({ traceId, spanId, sampled, tracestate: undefined });
  });

  it.each([
    ['nothing', undefined],
    ['several values', [`00-${traceId}-${spanId}-01`]],
    ['an empty value', ''],
    ['upper case', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['the forbidden version', `ff-${traceId}-${spanId}-01`],
    ['more fields than version 00 has', `00-${traceId}-${spanId}-01-more`],
    ['a short trace id', `00-${traceId.slice(1)}-${spanId}-01`],
    ['missing flags', `00-${traceId}-${spanId}`],
    ['text', 'hello'],
    ['a line break', `00-${traceId}-${spanId}-01\nX: y`],
    ['very much', `cc-${traceId}-${spanId}-01-${'x'.repeat(10_000)}`],
  ])('takes %s for none', (_, traceparent) => {
    expect(parseTraceContext({ traceparent })).toBeUndefined();
  });

  it.each([
    ['vendor=value,other=1', 'vendor=value,other=1'],
    ['x'.repeat(513), undefined],
    ['line\r\nbreak', undefined],
    ['', undefined],
    [['a=1', 'b=2'], undefined],
  ])('keeps an acceptable tracestate: %p', (tracestate, kept) => {
    expect(parseTraceContext({ traceparent: `00-${traceId}-${spanId}-01`, tracestate })?.tracestate).toBe(kept);
  });
});

it('a new context is one that others can read, and never the same', () => {
  const context = newTraceContext();
  expect(parseTraceContext(traceHeaders(context))).toEqual(context);
  expect(newTraceContext().traceId).not.toBe(context.traceId);
});

it('header fields say what was read', () => {
  const headers = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'a=1' };
  const context = parseTraceContext(headers);
  expect(context && traceHeaders(context)).toEqual(headers);
});
