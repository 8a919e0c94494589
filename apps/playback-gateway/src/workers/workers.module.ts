import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { WorkerRegistry } from '#contracts';
import { Readiness } from '#platform';
import { REDIS } from '../dependencies/injection-tokens.js';
import type { RedisConnection } from '../dependencies/gateway-dependencies.js';
import { ForgottenKeys } from './forgotten-keys.js';
import { WorkerClient } from './worker-client.js';
import { WorkerConnections } from './worker-connections.js';
import { WorkerDirectory } from './worker-directory.js';

/** The decrypt workers: which there are, and how they are asked. */
@Module({
  providers: [
    { provide: WorkerRegistry, useFactory: (redis: RedisConnection) => new WorkerRegistry(redis), inject: [REDIS] },
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
