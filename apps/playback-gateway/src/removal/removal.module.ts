import { Module } from '@nestjs/common';
import { FreedMemory, type Logger } from '#platform';
import type { CustodyStore, RecordingSearchStore } from '#store';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { MediaIndexModule } from '../media-index/media-index.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { ErasureController } from './erasure.controller.js';
import { ForgottenSubjects } from './forgotten-subjects.js';
import { HeldSubjects } from './held-subjects.js';
import { LegalHoldController } from './legal-hold.controller.js';
import { MountedArchives } from './mounted-archives.js';
import { MountedRecordingController } from './mounted-recording.controller.js';
import { OperatorRemovalController } from './operator-removal.controller.js';
import { PendingRemovalController } from './pending-removal.controller.js';
import { PagesById, PagesByTime, RecordingPages } from './recording-pages.js';
import { RecordingRemoval } from './recording-removal.service.js';
import { RemovalLedger } from './removal-ledger.js';
import { RemovalRunner } from './removal-runner.js';
import { RemovedTraces } from './removed-traces.js';
import { StoredFileRemoval } from './stored-file-removal.js';
import { SubjectRecordings } from './subject-recordings.js';
import { UntoldRemovals } from './untold-removals.js';

/** How recordings go: by deletion or erasure, unless they are held; and what sees to it that they stay away. */
@Module({
  imports: [MediaIndexModule, WorkersModule],
  controllers: [
    OperatorRemovalController,
    MountedRecordingController,
    PendingRemovalController,
    LegalHoldController,
    ErasureController,
  ],
  providers: [
    { provide: FreedMemory, useFactory: (logger: Logger) => new FreedMemory(logger), inject: [LOGGER] },
    ForgottenSubjects,
    HeldSubjects,
    MountedArchives,
    {
      provide: RecordingPages,
      inject: [CONFIGURATION, storeTokens.custody, storeTokens.recordingSearch],
      useFactory: (
        { cassandraCluster, crRegion }: Pick<GatewayConfiguration, 'cassandraCluster' | 'crRegion'>,
        custody: CustodyStore,
        index: RecordingSearchStore,
      ) => (cassandraCluster === undefined ? new PagesById(custody) : new PagesByTime(index, crRegion)),
    },
    RecordingRemoval,
    RemovalLedger,
    RemovalRunner,
    RemovedTraces,
    StoredFileRemoval,
    SubjectRecordings,
    UntoldRemovals,
  ],
  exports: [RecordingRemoval],
})
export class RemovalModule {}
