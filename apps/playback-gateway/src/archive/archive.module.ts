import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuthorisationModule } from '../authorisation/authorisation.module.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { HttpModule } from '../http/http.module.js';
import { MediaIndexModule } from '../media-index/media-index.module.js';
import { PlaybackModule } from '../playback/playback.module.js';
import { RecordingsModule } from '../recordings/recordings.module.js';
import { VaultsModule } from '../vaults/vaults.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { ArchiveController } from './archive.controller.js';
import { ArchiveProofs } from './archive-proofs.js';
import { ArchiveRecipients } from './archive-recipients.js';
import { ArchiveRewraps } from './archive-rewraps.js';
import { ArchiveSeals } from './archive-seals.js';
import { ArchiveSelection } from './archive-selection.js';
import { ArchiveService } from './archive.service.js';
import { ArchivedMediaSource } from './archived-media-source.js';
import { ArchivedRecordings } from './archived-recordings.js';
import { TimeStamps } from './time-stamps.js';

/** Recordings to take along, with what proves them. */
@Module({
  imports: [
    AccessModule,
    AuditModule,
    AuthorisationModule,
    CertificatesModule,
    HttpModule,
    MediaIndexModule,
    PlaybackModule,
    RecordingsModule,
    VaultsModule,
    WorkersModule,
  ],
  controllers: [ArchiveController],
  providers: [
    ArchiveProofs,
    ArchiveRecipients,
    ArchiveRewraps,
    ArchiveSeals,
    ArchiveSelection,
    ArchiveService,
    ArchivedMediaSource,
    ArchivedRecordings,
    TimeStamps,
  ],
  exports: [ArchiveSelection, ArchiveService],
})
export class ArchiveModule {}
