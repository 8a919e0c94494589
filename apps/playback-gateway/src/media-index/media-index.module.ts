import { Module } from '@nestjs/common';
import { MediaStorages } from '#media-storage';
import { AuditModule } from '../audit/audit.module.js';
import { CONFIGURATION } from '../dependencies/injection-tokens.js';
import { GrantsModule } from '../grants/grants.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { IndexStep } from './index-step.js';
import { LocationClaims } from './location-claims.js';
import { mediaStorages } from './media-locations.js';
import { MediaIndexController } from './media-index.controller.js';
import { MediaIndexer } from './media-indexer.js';
import { MediaIndexService } from './media-index.service.js';
import { MediaInspector } from './media-inspector.js';
import { WorkerErrands } from './worker-errands.js';
import { MediaPinning } from './media-pinning.js';

/** What looks into stored files: at insertion, at the first playback, and in the background. */
@Module({
  imports: [AuditModule, GrantsModule, WorkersModule],
  controllers: [MediaIndexController],
  providers: [
    { provide: MediaStorages, useFactory: mediaStorages, inject: [CONFIGURATION] },
    WorkerErrands,
    MediaInspector,
    MediaPinning,
    LocationClaims,
    IndexStep,
    MediaIndexService,
    MediaIndexer,
  ],
  exports: [WorkerErrands, MediaInspector, MediaPinning, LocationClaims],
})
export class MediaIndexModule {}
