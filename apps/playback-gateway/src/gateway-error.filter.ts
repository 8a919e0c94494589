import { Catch, Inject } from '@nestjs/common';
import type { Logger } from '#platform';
import { DenialRecord } from './audit/denial-record.js';
import { LOGGER } from './dependencies/injection-tokens.js';
import { ErrorFilter } from './http/error.filter.js';
import { GatewayMetrics } from './metrics/gateway-metrics.js';

/** Answers errors, counts them, and has what known users were refused written into the audit. */
@Catch()
export class GatewayErrorFilter extends ErrorFilter {
  constructor(@Inject(LOGGER) logger: Logger, metrics: GatewayMetrics, denials: DenialRecord) {
    super(logger, (error, request) => {
      metrics.errors.inc({ code: error.code });
      denials.refused(request, error);
    });
  }
}
