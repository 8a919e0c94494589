import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { AuditProofs } from './audit-proofs.js';
import { CertificateAudit } from './certificate-audit.js';
import { DenialRecord } from './denial-record.js';

/** Reading the audit, and what is written into it of refusals and of the administration of certificates. */
@Module({
  controllers: [AuditController],
  providers: [AuditProofs, CertificateAudit, DenialRecord],
  exports: [AuditProofs, CertificateAudit, DenialRecord],
})
export class AuditModule {}
