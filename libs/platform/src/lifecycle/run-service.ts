import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Registry } from 'prom-client';
import { giveBackWhenQuiet } from '#idle-memory';
import { ConfigurationError } from '../configuration/configuration-error.js';
import type { Configuration } from '../configuration/configuration.schema.js';
import { readMasterKey, type MasterKey } from '../configuration/secrets/master-key.js';
import { loadConfiguration } from '../configuration/load-configuration.js';
import { withDeadline } from '../deadline.js';
import { describeError } from '../errors/rcs-error.js';
import { stackInSources } from '../errors/stack-in-sources.js';
import { LogLevel } from '../logging/log-level.js';
import { createLogger, type Logger } from '../logging/logger.js';
import { ManagementServer } from '../management/management-server.js';
import { Readiness } from '../management/readiness.js';
import type { PublicRoute } from '../management/routes.endpoint.js';
import { CertificateExpiry } from '../metrics/certificate-expiry.js';
import { ListenerMetrics } from '../metrics/listener-metrics.js';
import { createMetricsRegistry, onePage, type MetricsPage } from '../metrics/metrics-registry.js';
import { observeReadiness } from '../metrics/readiness-metrics.js';
import { LiveConfiguration } from '../reload/live-configuration.js';
import { startTracer } from '../tracing/start-tracer.js';
import type { Tracer } from '../tracing/tracer.js';
import { logProcessWarnings } from './process-warnings.js';
import { productVersion } from './product-version.js';
import { warnOfUnsupportedRuntime } from './runtime-support.js';
import { encryptedPassword } from './encrypt-option.js';
import { shutDown, type StoppableService } from './shutdown.js';

/** What every service gets before it starts its own work. */
export interface ServiceContext {
  readonly configuration: Configuration;
  /** What secrets of this product are encrypted with where they are kept. */
  readonly masterKey: MasterKey | undefined;
  /** Unique for this process; names it in logs, in the audit and in the worker registry. */
  readonly instance: string;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** What the ports of the service count. */
  readonly listeners: ListenerMetrics;
  /** Told which certificates the service uses. */
  readonly certificates: CertificateExpiry;
  readonly readiness: Readiness;
  /** Tells of changes of configuration and certificates while the service runs. */
  readonly live: LiveConfiguration;
  /** Begins spans; records nothing unless tracing is configured. */
  readonly tracer: Tracer;
}

export interface RunningService extends StoppableService {
  /** Where the management endpoints of this service listen. */
  readonly management: { readonly host: string; readonly port: number };
  /** The ways into the service, where it has any that a caller could choose. */
  readonly routes?: readonly PublicRoute[];
  /** Of another part of the product that runs in this process. */
  readonly moreMetrics?: MetricsPage | undefined;
}

/** Exit status of sysexits.h for a configuration error: starting again without a change is useless. */
const exitConfiguration = 78;
/** A collector that is away must not hold a service that stops. */
const lastSpansMs = 3000;

/**
 * The frame around every service: configuration, logger, metrics, management port, signals. SIGTERM and SIGINT drain
 * and stop, SIGHUP reads configuration and certificates again; anything nobody handled ends the process with a log line instead of leaving it half alive.
 * With `--encrypt PASSWORD` nothing starts: the encrypted form is printed.
 */
export function runService(name: string, start: (context: ServiceContext) => Promise<RunningService>): void {
  main(name, start).catch((error: unknown) => {
    const lines = describeError(error).split('\n');
    process.stderr.write(lines.map(line => `${name}: ${line}\n`).join(''));
    process.exit(error instanceof ConfigurationError ? exitConfiguration : 1);
  });
}

async function main(name: string, start: (context: ServiceContext) => Promise<RunningService>): Promise<void> {
  // The one reader of the environment.
  // eslint-disable-next-line no-restricted-properties
  const environment = process.env;
  const encrypted = encryptedPassword(process.argv.slice(2), environment);
  if (encrypted !== undefined) {
    process.stdout.write(`${encrypted}\n`);
    return;
  }
  const configuration = loadConfiguration(undefined, environment);
  const masterKey = readMasterKey(configuration.masterKeyFile, environment);
  const instance = `${name}-${hostname()}-${randomBytes(4).toString('hex')}`;
  const logger = createLogger(name, instance, configuration.logging.level);
  warnOfUnsupportedRuntime(logger);
  logProcessWarnings(logger);
  const metrics = createMetricsRegistry(name, productVersion());
  const listeners = new ListenerMetrics(metrics);
  const certificates = new CertificateExpiry(metrics);
  const readiness = new Readiness();
  observeReadiness(metrics, readiness);
  endOnUnhandled(logger);
  const read = (): Configuration => loadConfiguration(undefined, environment);
  const live = new LiveConfiguration(configuration, read, environment.RCS_CONFIG, logger, metrics);
  const logLevel = new LogLevel(logger, configuration.logging.level, configuration.logging.levelToken);
  live.onChange(
    ({ logging }) =>
      () =>
        logLevel.configure(logging.level, logging.levelToken),
  );
  process.on('SIGHUP', () => void live.reload());

  const tracer = await startTracer(
    configuration.tracing,
    { name, instance, version: productVersion(), isEdge: name === 'playback-gateway' },
    logger,
  );
  const parts = { configuration, masterKey, instance, logger, metrics, listeners, certificates };
  const context = { ...parts, readiness, live, tracer };
  const service = await start(context);
  const told = signalled('SIGTERM', 'SIGINT');
  const page = service.moreMetrics === undefined ? metrics : onePage(metrics, service.moreMetrics);
  const management = new ManagementServer(page, readiness, logger, logLevel, service.routes, listeners);
  const url = await management.listen(service.management.host, service.management.port);
  live.watch();
  logger.info({ management: url, pid: process.pid }, 'started');
  const endGivingBack = giveBackWhenQuiet((details, message) => logger.debug(details, message));

  await told;
  endGivingBack();
  live.stop();
  const status = await shutDown({ service, readiness, management, configuration, logger });
  await sendLastSpans(tracer, logger);
  process.exit(status);
}

async function sendLastSpans(tracer: Tracer, logger: Logger): Promise<void> {
  try {
    await withDeadline(tracer.shutdown(), lastSpansMs, 'sending the last spans');
  } catch (error) {
    logger.warn({ error: describeError(error) }, 'the last spans could not be sent');
  }
}

function endOnUnhandled(logger: Logger): void {
  const end = (kind: string) => (error: unknown) => {
    const stack = error instanceof Error && error.stack !== undefined ? stackInSources(error.stack) : undefined;
    logger.fatal({ error: describeError(error), stack }, kind);
    process.exit(1);
  };
  process.on('unhandledRejection', end('unhandled rejection'));
  process.on('uncaughtException', end('uncaught exception'));
}

/** The handlers stay: a second signal while the service stops must not cut what still runs. */
async function signalled(...signals: readonly NodeJS.Signals[]): Promise<void> {
  await new Promise<void>(resolve => signals.forEach(signal => process.on(signal, () => resolve())));
}
