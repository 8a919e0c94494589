import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Registry } from 'prom-client';
import { ConfigurationError } from '../configuration/configuration-error.js';
import type { Configuration } from '../configuration/configuration.schema.js';
import { loadConfiguration } from '../configuration/load-configuration.js';
import { describeError } from '../errors/rcs-error.js';
import { createLogger, type Logger } from '../logging/logger.js';
import { ManagementServer } from '../management/management-server.js';
import { Readiness } from '../management/readiness.js';
import { CertificateExpiry } from '../metrics/certificate-expiry.js';
import { createMetricsRegistry } from '../metrics/metrics-registry.js';
import { productVersion } from './product-version.js';

/** What every service gets before it starts its own work. */
export interface ServiceContext {
  readonly configuration: Configuration;
  /** Unique for this process; names it in logs, in the audit and in the worker registry. */
  readonly instance: string;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Told which certificates the service uses. */
  readonly certificates: CertificateExpiry;
  readonly readiness: Readiness;
}

export interface RunningService {
  /** Where the management endpoints of this service listen. */
  readonly management: { readonly host: string; readonly port: number };
  /** Finishes running work within the time that is left, then gives everything back. */
  stop(deadline: AbortSignal): Promise<void>;
}

/** Exit status of sysexits.h for a configuration error: starting again without a change is useless. */
const exitConfiguration = 78;

/**
 * The frame around every service: configuration, logger, metrics, management port, signals. SIGTERM and SIGINT drain
 * and stop; anything nobody handled ends the process with a log line instead of leaving it half alive.
 */
export function runService(name: string, start: (context: ServiceContext) => Promise<RunningService>): void {
  main(name, start).catch((error: unknown) => {
    const text = describeError(error).replaceAll('\n', ' ');
    process.stderr.write(`${name}: ${text}\n`);
    process.exit(error instanceof ConfigurationError ? exitConfiguration : 1);
  });
}

async function main(name: string, start: (context: ServiceContext) => Promise<RunningService>): Promise<void> {
  // The one reader of the environment.
  // eslint-disable-next-line no-restricted-properties
  const configuration = loadConfiguration(undefined, process.env);
  const instance = `${name}-${hostname()}-${randomBytes(4).toString('hex')}`;
  const logger = createLogger(name, instance, configuration.logging.level);
  const metrics = createMetricsRegistry(name, productVersion());
  const certificates = new CertificateExpiry(metrics);
  const readiness = new Readiness();
  endOnUnhandled(logger);

  const service = await start({ configuration, instance, logger, metrics, certificates, readiness });
  const management = new ManagementServer(metrics, readiness, logger);
  const url = await management.listen(service.management.host, service.management.port);
  logger.info({ management: url, pid: process.pid }, 'started');

  await signalled('SIGTERM', 'SIGINT');
  readiness.drain();
  logger.info('stopping');
  await service.stop(AbortSignal.timeout(configuration.gracefulShutdownTimeoutMs));
  await management.close();
  logger.info('stopped');
  process.exit(0);
}

function endOnUnhandled(logger: Logger): void {
  const end = (kind: string) => (error: unknown) => {
    logger.fatal({ error: describeError(error), stack: error instanceof Error ? error.stack : undefined }, kind);
    process.exit(1);
  };
  process.on('unhandledRejection', end('unhandled rejection'));
  process.on('uncaughtException', end('uncaught exception'));
}

async function signalled(...signals: readonly NodeJS.Signals[]): Promise<void> {
  await new Promise<void>(resolve => signals.forEach(signal => process.once(signal, () => resolve())));
}
