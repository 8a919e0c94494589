import type { TracingConfiguration } from '../configuration/tracing.schema.js';
import type { Logger } from '../logging/logger.js';
import type { TracedService } from './otlp-tracer.js';
import { noopTracer, type Tracer } from './tracer.js';

/** Without `tracing` in the configuration nothing of OpenTelemetry is loaded. */
export async function startTracer(
  configuration: TracingConfiguration | undefined,
  service: TracedService,
  logger: Logger,
): Promise<Tracer> {
  if (configuration === undefined) return noopTracer;
  const { createOtlpTracer } = await import('./otlp-tracer.js');
  return createOtlpTracer(configuration, service, logger);
}
