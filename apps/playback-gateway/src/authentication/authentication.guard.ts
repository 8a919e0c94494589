import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayMetrics } from '../gateway-metrics.js';
import { RequestAdmission } from './request-admission.js';

export { userOf } from './current-user.js';

/** Lets nobody through who is not authenticated. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly admission: RequestAdmission,
    private readonly metrics: GatewayMetrics,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const anonymous = request.headers.authorization === undefined && request.headers.cookie === undefined;
    await this.metrics.authentication(this.admission.admit(request, http.getResponse<FastifyReply>()), anonymous);
    return true;
  }
}
