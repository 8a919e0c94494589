import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CertificateChangeFeed } from '../certificate-events/certificate-change-feed.js';
import { CertificateEventsModule } from '../certificate-events/certificate-events.module.js';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION } from '../dependencies/injection-tokens.js';
import { VaultKeys } from '../vaults/vault-keys.js';
import { VaultsModule } from '../vaults/vaults.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { CertificateController } from './certificate.controller.js';
import { CertificateCatalog } from './certificate-catalog.service.js';
import { CertificateNeedsService } from './certificate-needs.js';
import { CertificatePolicy } from './certificate-policy.js';
import { CertificateRemovalService } from './certificate-removal.service.js';
import { CertificateRenewalService } from './certificate-renewal.service.js';
import { ExpiryWatch } from './expiry/expiry-watch.js';
import { TokenCertificates } from './token-certificates.js';
import { CertificateUploadService } from './upload/certificate-upload.service.js';
import { ClearPrivateKeys } from './upload/clear-private-keys.js';

/** Recording certificates: uploaded, listed, renewed, removed, and watched for their end. */
@Module({
  imports: [AuditModule, CertificateEventsModule, VaultsModule, WorkersModule],
  controllers: [CertificateController],
  providers: [
    {
      provide: CertificatePolicy,
      useFactory: (configuration: GatewayConfiguration) => CertificatePolicy.load(configuration.recordingCertificates),
      inject: [CONFIGURATION],
    },
    ClearPrivateKeys,
    TokenCertificates,
    CertificateCatalog,
    CertificateNeedsService,
    CertificateUploadService,
    CertificateRenewalService,
    CertificateRemovalService,
    ExpiryWatch,
  ],
  exports: [CertificateCatalog, CertificateNeedsService, CertificatePolicy],
})
export class CertificatesModule implements OnApplicationBootstrap {
  constructor(
    private readonly feed: CertificateChangeFeed,
    private readonly keys: VaultKeys,
  ) {}

  /** What another gateway changed in the vaults is seen at once. */
  onApplicationBootstrap(): void {
    this.feed.listen(() => this.keys.forget());
  }
}
