import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CertificateEventsModule } from '../certificate-events/certificate-events.module.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { VaultsModule } from '../vaults/vaults.module.js';
import { RewrapRunner } from './rewrap-runner.js';
import { CertificateRewrapController, RewrapController } from './rewrap.controller.js';
import { RewrapRunService } from './rewrap-run.service.js';

/** Runs that make recordings readable with another certificate. */
@Module({
  imports: [AuditModule, CertificateEventsModule, CertificatesModule, VaultsModule],
  controllers: [CertificateRewrapController, RewrapController],
  providers: [RewrapRunService, RewrapRunner],
})
export class RewrapModule {}
