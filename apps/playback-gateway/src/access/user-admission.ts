import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { RequestAdmission } from './request-admission.js';

/** Lets nobody through who is not authenticated; `userOf` answers who was. */
@Injectable()
export class UserAdmission {
  constructor(
    private readonly admission: RequestAdmission,
    private readonly metrics: GatewayMetrics,
  ) {}

  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const anonymous = request.headers.authorization === undefined && request.headers.cookie === undefined;
    await this.metrics.authentication(this.admission.admit(request, reply), anonymous);
  }
}
