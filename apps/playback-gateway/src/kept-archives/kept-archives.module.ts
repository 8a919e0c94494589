import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { ArchivesStandingService } from './archives-standing.js';
import { KeptArchivesController } from './kept-archives.controller.js';
import { KeptArchivesService } from './kept-archives.service.js';

/** Archives that were made here, and what they need of the keys that are here. */
@Module({
  imports: [AuditModule, CertificatesModule],
  controllers: [KeptArchivesController],
  providers: [ArchivesStandingService, KeptArchivesService],
  exports: [ArchivesStandingService],
})
export class KeptArchivesModule {}
