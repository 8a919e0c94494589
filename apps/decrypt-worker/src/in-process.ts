import {
  componentRegistry,
  ConfigurationError,
  LiveIdentity,
  loadInternalIdentity,
  warnOfMemoryExposure,
  type Configuration,
  type InternalIdentity,
  type MetricsPage,
  type RedisConnection,
  type ServiceContext,
  type WatchedSockets,
} from '#platform';
import { startWorker, type StartedWorker } from './start-worker.js';
import type { DecryptWorkerConfiguration } from './worker-parts.js';

/** What the gateway has that its worker uses as well. */
export interface SharedWithGateway {
  readonly redis: RedisConnection;
  readonly sockets: WatchedSockets;
}

export interface InProcessWorker extends StartedWorker {
  /** What the worker counts, told apart from what the gateway does. */
  readonly metrics: MetricsPage;
}

/**
 * Starts a worker in the process of a gateway. To the vaults, and to other gateways, it is a worker like any other, with a
 * certificate of its own.
 * @throws ConfigurationError naming the option where it has none that is good
 */
export async function startInProcess(
  context: ServiceContext,
  configuration: DecryptWorkerConfiguration,
  { redis, sockets }: SharedWithGateway,
): Promise<InProcessWorker> {
  warnOfMemoryExposure(context.logger, 'session keys and media');
  const metrics = componentRegistry('decrypt-worker');
  const identity = watchIdentity(context, configuration);
  const instance = `decrypt-worker-in-${context.instance}`;
  const own = { ...context, instance, metrics };
  const worker = await startWorker({ context: own, configuration, identity, sockets, redis, instance });
  return { ...worker, metrics };
}

function watchIdentity(
  { certificates, live }: ServiceContext,
  configuration: DecryptWorkerConfiguration,
): LiveIdentity {
  const identity = new LiveIdentity(identityOf(configuration));
  certificates.watchPem('internal', () => identity.current.certificatePem);
  live.onChange(next => {
    const renewed = identityOf(next);
    return () => identity.replace(renewed);
  });
  return identity;
}

function identityOf({ internalTls, decryptWorker }: Configuration): InternalIdentity {
  const { certificateFile, keyFile } = decryptWorker ?? {};
  if (internalTls === undefined || certificateFile === undefined || keyFile === undefined)
    throw new ConfigurationError('option decryptWorker.certificateFile is missing, and keyFile beside it');
  const identity = loadInternalIdentity({ ...internalTls, certificateFile, keyFile }, 'decryptWorker');
  if (identity.role === 'decrypt-worker') return identity;
  throw new ConfigurationError(
    `option decryptWorker.certificateFile: ${certificateFile} has the role ${identity.role}, not decrypt-worker`,
  );
}
