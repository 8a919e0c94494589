import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { WorkerRegistry, workerRegistrationType } from '#contracts';
import { MessageVerifier } from '#grants';
import {
  describeError,
  LiveIdentity,
  Readiness,
  type Logger,
  type RedisConnection,
  type ServerSettings,
} from '#platform';
import { LOGGER, REDIS, SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { ForgottenKeys } from './forgotten-keys.js';
import { NearbyWorkers } from './nearby-workers.js';
import { WorkerClient } from './worker-client.js';
import { WorkerConnections } from './worker-connections.js';
import { WorkerDirectory } from './worker-directory.js';

/** The decrypt workers: which there are, and how they are asked. */
@Module({
  providers: [
    { provide: WorkerRegistry, useFactory: workerRegistry, inject: [REDIS, LiveIdentity, LOGGER] },
    {
      provide: NearbyWorkers,
      useFactory: ({ workerSocketDirectory }: ServerSettings, logger: Logger) =>
        NearbyWorkers.in(workerSocketDirectory, logger),
      inject: [SERVER_SETTINGS, LOGGER],
    },
    WorkerConnections,
    WorkerDirectory,
    WorkerClient,
    ForgottenKeys,
  ],
  exports: [WorkerDirectory, WorkerClient, ForgottenKeys],
})
export class WorkersModule implements OnApplicationBootstrap {
  constructor(
    private readonly readiness: Readiness,
    private readonly directory: WorkerDirectory,
  ) {}

  /** Without a worker nothing plays: players are sent to another gateway. */
  onApplicationBootstrap(): void {
    this.readiness.add('workers', () => {
      if (this.directory.count === 0) throw new Error('no decrypt worker is registered');
    });
  }
}

/** Believes registrations that a decrypt worker of this cluster signed a short time ago, and no others. */
function workerRegistry(redis: RedisConnection, identity: LiveIdentity, logger: Logger): WorkerRegistry {
  const verifier = new MessageVerifier(identity, 'decrypt-worker', workerRegistrationType);
  const registry = new WorkerRegistry(redis, verifier, (worker, why) => {
    logger.warn({ worker, error: describeError(why) }, 'the registration of a worker was refused');
  });
  // Whose certificate is denied now is no worker any more, and its socket none of ours.
  identity.onChange(() => registry.forget());
  return registry;
}
