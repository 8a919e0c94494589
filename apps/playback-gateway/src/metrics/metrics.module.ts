import { Global, Module } from '@nestjs/common';
import { CertificateMetrics } from './certificate-metrics.js';
import { CustodyGauges } from './custody-gauges.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { IdentitySourceMetrics } from './identity-source-metrics.js';

/** What is counted, for every module. */
@Global()
@Module({
  providers: [GatewayMetrics, CertificateMetrics, CustodyGauges, IdentitySourceMetrics],
  exports: [GatewayMetrics, CertificateMetrics, CustodyGauges, IdentitySourceMetrics],
})
export class MetricsModule {}
