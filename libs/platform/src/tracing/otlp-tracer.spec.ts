import { OtlpReceiver } from '#test/tracing/otlp-receiver.js';
import { createLogger } from '../logging/logger.js';
import { createOtlpTracer } from './otlp-tracer.js';
import { parseTraceContext } from './trace-context.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const sampled = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, tracestate: 'vendor=1' };
const notSampled = { traceparent: `00-${traceId}-00f067aa0ba902b7-00` };

jest.setTimeout(60_000);

describe(createOtlpTracer.name, () => {
  let receiver: OtlpReceiver;
  let logged: string;
  beforeEach(async () => {
    receiver = await OtlpReceiver.start();
    logged = '';
  });
  afterEach(() => receiver.stop());

  const tracer = (options: { readonly sampleRatio?: number; readonly isEdge?: boolean } = {}) =>
    createOtlpTracer(
      {
        otlpEndpoint: receiver.endpoint,
        otlpHeaders: { 'x-api-key': 'key of the collector' },
        otlpTrustedCA: true,
        sampleRatio: options.sampleRatio ?? 1,
      },
      { name: 'key-vault', instance: 'key-vault-1', version: '1.2.3', isEdge: options.isEdge ?? false },
      createLogger('test', 'test', 'debug', { write: line => (logged += line) }),
    );

  it('sends a span and the calls below it, in the trace of the caller', async () => {
    const recording = tracer();
    const span = recording.begin('KeyVault/Status', sampled, { 'rpc.method': 'Status' });
    const call = span.child('GET /status');
    call.set({ 'error.type': 'RCS_TIMEOUT' });
    call.end();
    span.end();
    await recording.shutdown();
    const [below, above] = receiver.spans;
    expect([below, above]).toMatchObject([
      { service: 'key-vault', name: 'GET /status', traceId, attributes: { 'error.type': 'RCS_TIMEOUT' } },
      { service: 'key-vault', name: 'KeyVault/Status', traceId, parentSpanId: '00f067aa0ba902b7' },
    ]);
    expect(below?.parentSpanId).toBe(above?.spanId);
    expect([...receiver.apiKeys]).toEqual(['key of the collector']);
  });

  it('tells the next hop where it stands: below this call, with the state of other systems', () => {
    const call = tracer().begin('a', sampled).child('b');
    const next = parseTraceContext(call.headers);
    expect(next).toMatchObject({ traceId, sampled: true, tracestate: 'vendor=1' });
    expect(next?.spanId).not.toBe('00f067aa0ba902b7');
  });

  it.each([
    ['inside the cluster the caller decides: recorded', { sampleRatio: 0 }, sampled, 1],
    ['inside the cluster the caller decides: not recorded', { sampleRatio: 1 }, notSampled, 0],
    ['at the edge the caller does not decide: not recorded', { sampleRatio: 0, isEdge: true }, sampled, 0],
    ['at the edge the caller does not decide: recorded', { sampleRatio: 1, isEdge: true }, notSampled, 1],
    ['a trace that begins here: recorded', { sampleRatio: 1 }, {}, 1],
    ['a trace that begins here: not recorded', { sampleRatio: 0 }, {}, 0],
  ])('%s', async (_, options, caller, sent) => {
    const recording = tracer(options);
    const span = recording.begin('a', caller);
    expect(parseTraceContext(span.headers)?.sampled).toBe(sent === 1);
    span.end();
    await recording.shutdown();
    expect(receiver.spans).toHaveLength(sent);
  });

  it('goes on when the collector is away, and logs that', async () => {
    const recording = tracer();
    await receiver.stop();
    // A full batch is sent at once.
    for (let count = 0; count < 512; count++) recording.begin('a', {}).end();
    while (!logged.includes('"msg":"tracing"')) await new Promise(resolve => setTimeout(resolve, 50));
    expect(logged).not.toContain('key of the collector');
    receiver = await OtlpReceiver.start();
  });
});
