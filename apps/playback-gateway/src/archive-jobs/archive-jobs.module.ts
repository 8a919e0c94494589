import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { ArchiveModule } from '../archive/archive.module.js';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import { MediaIndexModule } from '../media-index/media-index.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { ArchiveJobController } from './archive-job.controller.js';
import { ArchiveJobMetrics } from './archive-job-metrics.js';
import { ArchiveJobRunner } from './archive-job-runner.js';
import { ArchiveJobService } from './archive-job.service.js';
import { ArchiveJobWork } from './archive-job-work.js';
import { ArchivePartController } from './archive-part.controller.js';
import { ArchivePartDownload } from './archive-part-download.js';
import { ArchivePartMaker } from './archive-part-maker.js';
import { ArchiveParts } from './archive-parts.js';
import { ArchiveScheduleController } from './archive-schedule.controller.js';
import { ArchiveScheduleService } from './archive-schedule.service.js';
import { ArchiveScheduler } from './archive-scheduler.js';

/** Archives that are made into storages, by whichever gateway takes them. */
@Module({
  imports: [AccessModule, ArchiveModule, AuthenticationModule, MediaIndexModule, WorkersModule],
  controllers: [ArchiveJobController, ArchivePartController, ArchiveScheduleController],
  providers: [
    ArchiveJobMetrics,
    ArchiveJobRunner,
    ArchiveJobService,
    ArchiveJobWork,
    ArchivePartDownload,
    ArchivePartMaker,
    ArchiveParts,
    ArchiveScheduleService,
    ArchiveScheduler,
  ],
})
export class ArchiveJobsModule {}
