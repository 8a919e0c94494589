import { setTimeout as sleep } from 'node:timers/promises';
import type { Configuration } from '../configuration/configuration.schema.js';
import { describeError } from '../errors/rcs-error.js';
import type { Logger } from '../logging/logger.js';
import type { ManagementServer } from '../management/management-server.js';
import type { Readiness } from '../management/readiness.js';

/** What a service gives the frame so that it can be ended. */
export interface StoppableService {
  /** Leaves the registries that bring it work; the service still answers whatever comes. */
  drain?(): Promise<void>;
  /** Takes no new work, finishes what runs until the deadline aborts, gives the rest up and everything back. */
  stop(deadline: AbortSignal): Promise<void>;
}

export interface ShutdownParts {
  readonly service: StoppableService;
  readonly readiness: Readiness;
  readonly management: ManagementServer;
  readonly configuration: Pick<Configuration, 'shutdownDelayMs' | 'gracefulShutdownTimeoutMs'>;
  readonly logger: Logger;
}

/** For closing connections and files after the last stream has ended or was cut. */
const closingTimeMs = 10_000;

/**
 * The end of a service, in the order that loses nothing: not ready; out of the registries; wait until load balancers
 * have noticed; no new work; running streams finish until the limit and are handed over then. Answers the exit status,
 * at the latest when the limit and the time to close are over.
 */
export async function shutDown({
  service,
  readiness,
  management,
  configuration,
  logger,
}: ShutdownParts): Promise<0 | 1> {
  const { shutdownDelayMs, gracefulShutdownTimeoutMs } = configuration;
  readiness.drain();
  logger.info({ shutdownDelayMs, gracefulShutdownTimeoutMs }, 'stopping');
  const whole = AbortSignal.timeout(shutdownDelayMs + gracefulShutdownTimeoutMs + closingTimeMs);
  try {
    await until(whole, end(service, management, shutdownDelayMs, gracefulShutdownTimeoutMs));
    logger.info('stopped');
    return 0;
  } catch (error) {
    logger.error({ error: describeError(error) }, 'stopped without having finished');
    return 1;
  }
}

async function end(
  service: StoppableService,
  management: ManagementServer,
  delayMs: number,
  limitMs: number,
): Promise<void> {
  await service.drain?.();
  await sleep(delayMs);
  await service.stop(AbortSignal.timeout(limitMs));
  await management.close();
}

function until(signal: AbortSignal, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Error('closing took too long'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
