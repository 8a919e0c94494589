import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CertificateEventsModule } from '../certificate-events/certificate-events.module.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { IvrProfileController, ScreenRecordingCertificateController } from './assignment.controller.js';
import { AssignmentService } from './assignment.service.js';

/** Which certificates new recordings are encrypted for. */
@Module({
  imports: [AuditModule, CertificateEventsModule, CertificatesModule],
  controllers: [IvrProfileController, ScreenRecordingCertificateController],
  providers: [AssignmentService],
  exports: [AssignmentService],
})
export class AssignmentsModule {}
