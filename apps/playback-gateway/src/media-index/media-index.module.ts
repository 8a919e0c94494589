import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { GrantsModule } from '../grants/grants.module.js';
import { SetStoragesModule } from '../settings/set-storages.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { IndexStep } from './index-step.js';
import { LocationClaims } from './location-claims.js';
import { MediaIndexController } from './media-index.controller.js';
import { MediaIndexer } from './media-indexer.js';
import { MediaIndexService } from './media-index.service.js';
import { MediaInspector } from './media-inspector.js';
import { WorkerErrands } from './worker-errands.js';
import { MediaPinning } from './media-pinning.js';

/** What looks into stored files: at insertion, at the first playback, and in the background. */
@Module({
  imports: [AuditModule, GrantsModule, SetStoragesModule, WorkersModule],
  controllers: [MediaIndexController],
  providers: [WorkerErrands, MediaInspector, MediaPinning, LocationClaims, IndexStep, MediaIndexService, MediaIndexer],
  exports: [SetStoragesModule, WorkerErrands, MediaInspector, MediaPinning, LocationClaims],
})
export class MediaIndexModule {}
