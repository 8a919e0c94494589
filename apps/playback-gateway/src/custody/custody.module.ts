import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MediaIndexModule } from '../media-index/media-index.module.js';
import { PlaybackModule } from '../playback/playback.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { KeptArchivesModule } from '../kept-archives/kept-archives.module.js';
import { CustodyController } from './custody.controller.js';
import { CustodyMetrics } from './custody-metrics.js';
import { CustodyProver } from './custody-prover.js';
import { CustodyService } from './custody.service.js';

/** The proof that recordings still open. */
@Module({
  imports: [AuditModule, KeptArchivesModule, MediaIndexModule, PlaybackModule, WorkersModule],
  controllers: [CustodyController],
  providers: [CustodyProver, CustodyService, CustodyMetrics],
})
export class CustodyModule {}
