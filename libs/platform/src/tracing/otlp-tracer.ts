import {
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  createTraceState,
  type Context,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { TracingConfiguration } from '../configuration/tracing.schema.js';
import type { Logger } from '../logging/logger.js';
import { trustedCaOptions } from '../tls/trusted-ca.js';
import { parseTraceContext, traceHeaders, type TraceContext } from './trace-context.js';
import type { Span, SpanAttributes, Tracer } from './tracer.js';

export interface TracedService {
  readonly name: string;
  readonly instance: string;
  readonly version: string;
  /** Callers outside of the cluster do not decide what is recorded. */
  readonly isEdge: boolean;
}

/** For one batch to the collector, milliseconds. */
const exportTimeoutMs = 5000;
const sampledFlag: number = TraceFlags.SAMPLED;

/** Sends spans over OTLP/HTTP. Loaded only where tracing is switched on. */
export function createOtlpTracer(configuration: TracingConfiguration, service: TracedService, logger: Logger): Tracer {
  diag.setLogger(diagnosticsTo(logger), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const sampler = new TraceIdRatioBasedSampler(configuration.sampleRatio);
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': service.name,
      'service.namespace': 'recording-crypto-server',
      'service.instance.id': service.instance,
      'service.version': service.version,
    }),
    sampler: new ParentBasedSampler({
      root: sampler,
      ...(service.isEdge ? { remoteParentSampled: sampler, remoteParentNotSampled: sampler } : {}),
    }),
    spanProcessors: [new BatchSpanProcessor(exporterFor(configuration), { exportTimeoutMillis: exportTimeoutMs })],
  });
  const tracer = provider.getTracer('recording-crypto-server', service.version);
  return {
    begin: (name, caller, attributes = {}) => {
      const context = contextOf(parseTraceContext(caller));
      return new RecordedSpan(tracer, tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, context));
    },
    shutdown: () => provider.shutdown(),
  };
}

class RecordedSpan implements Span {
  readonly traceId: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    private readonly tracer: OtelTracer,
    private readonly span: OtelSpan,
  ) {
    const { traceId, spanId, traceFlags, traceState } = span.spanContext();
    const sampled = (traceFlags & sampledFlag) === sampledFlag;
    this.traceId = traceId;
    this.headers = traceHeaders({ traceId, spanId, sampled, tracestate: traceState?.serialize() });
  }

  child(name: string, attributes: SpanAttributes = {}): Span {
    const parent = trace.setSpan(ROOT_CONTEXT, this.span);
    return new RecordedSpan(this.tracer, this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent));
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
    if ('error.type' in attributes) this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    this.span.end();
  }
}

function contextOf(caller: TraceContext | undefined): Context {
  if (caller === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, sampled, tracestate } = caller;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  });
}

function exporterFor({ otlpEndpoint, otlpHeaders, otlpTrustedCA }: TracingConfiguration): OTLPTraceExporter {
  return new OTLPTraceExporter({
    url: otlpEndpoint,
    headers: otlpHeaders,
    timeoutMillis: exportTimeoutMs,
    ...(otlpEndpoint.startsWith('https:')
      ? { httpAgentOptions: trustedCaOptions('tracing.otlpTrustedCA', otlpTrustedCA) }
      : {}),
  });
}

function diagnosticsTo(logger: Logger) {
  const at = (level: 'error' | 'warn' | 'debug') => (message: string) => logger[level]({ detail: message }, 'tracing');
  return { error: at('warn'), warn: at('warn'), info: at('debug'), debug: at('debug'), verbose: at('debug') };
}
