import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CertificateEventsModule } from '../certificate-events/certificate-events.module.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { VaultsModule } from '../vaults/vaults.module.js';
import { GeneratedKeyService } from './generated-key.service.js';
import { KeyController } from './key.controller.js';

/** Keys that are made in the token. */
@Module({
  imports: [AuditModule, CertificateEventsModule, CertificatesModule, VaultsModule],
  controllers: [KeyController],
  providers: [GeneratedKeyService],
})
export class KeysModule {}
