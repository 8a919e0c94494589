import { Global, Module } from '@nestjs/common';
import { GatewayMetrics } from './gateway-metrics.js';

/** What is counted, for every module. */
@Global()
@Module({ providers: [GatewayMetrics], exports: [GatewayMetrics] })
export class MetricsModule {}
