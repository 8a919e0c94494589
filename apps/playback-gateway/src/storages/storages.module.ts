import { Module } from '@nestjs/common';
import { SetStoragesModule } from '../settings/set-storages.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { StorageProber } from './storage-prober.js';
import { StorageStatesService } from './storage-states.service.js';
import { StoragesController } from './storages.controller.js';

/** The state of storages. */
@Module({
  imports: [SetStoragesModule, WorkersModule],
  controllers: [StoragesController],
  providers: [StorageProber, StorageStatesService],
})
export class StoragesModule {}
