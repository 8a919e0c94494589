import { Global, Module } from '@nestjs/common';
import { ArchiveJobGauge } from './archive-job-gauge.js';
import { CertificateMetrics } from './certificate-metrics.js';
import { CustodyGauges } from './custody-gauges.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { IdentitySourceMetrics } from './identity-source-metrics.js';

/** What is counted, for every module. */
@Global()
@Module({
  providers: [ArchiveJobGauge, GatewayMetrics, CertificateMetrics, CustodyGauges, IdentitySourceMetrics],
  exports: [ArchiveJobGauge, GatewayMetrics, CertificateMetrics, CustodyGauges, IdentitySourceMetrics],
})
export class MetricsModule {}
