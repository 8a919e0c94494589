import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CertificateEventsModule } from '../certificate-events/certificate-events.module.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { IvrProfileController, ScreenRecordingCertificateController } from './assignment.controller.js';
import { AssignmentService } from './assignment.service.js';
import { HttpModule } from '../http/http.module.js';
import { ScreenEncryptionSettingsController } from './screen-encryption-settings.controller.js';

/** Which certificates new recordings are encrypted for. */
@Module({
  imports: [AuditModule, CertificateEventsModule, CertificatesModule, HttpModule],
  controllers: [IvrProfileController, ScreenRecordingCertificateController, ScreenEncryptionSettingsController],
  providers: [AssignmentService],
  exports: [AssignmentService],
})
export class AssignmentsModule {}
