import { Global, Module } from '@nestjs/common';
import { CertificateMetrics } from './certificate-metrics.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { IdentitySourceMetrics } from './identity-source-metrics.js';

/** What is counted, for every module. */
@Global()
@Module({
  providers: [GatewayMetrics, CertificateMetrics, IdentitySourceMetrics],
  exports: [GatewayMetrics, CertificateMetrics, IdentitySourceMetrics],
})
export class MetricsModule {}
