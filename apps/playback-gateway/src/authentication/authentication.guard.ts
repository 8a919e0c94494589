import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { outcomeOf, RcsError } from '#platform';
import type { User } from '#store';
import { GatewayMetrics } from '../gateway-metrics.js';
import { RequestAdmission } from './request-admission.js';

const currentUser = Symbol('currentUser');
type AuthenticatedRequest = FastifyRequest & { [currentUser]?: User };

/** Lets nobody through who is not authenticated. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly admission: RequestAdmission,
    private readonly metrics: GatewayMetrics,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    try {
      letIn(await this.admission.admit(request, http.getResponse<FastifyReply>()), request);
      this.metrics.authentications.inc({ outcome: 'ok' });
      return true;
    } catch (error) {
      const anonymous = request.headers.authorization === undefined && request.headers.cookie === undefined;
      this.metrics.authentications.inc({ outcome: anonymous ? 'missing' : outcomeOf(error) });
      throw error;
    }
  }
}

/** Notes who the request comes from; for guards. */
export function letIn(user: User, request: AuthenticatedRequest): void {
  request[currentUser] = user;
}

/** The user the guard has let through. */
export function userOf(request: FastifyRequest): User {
  const user = (request as AuthenticatedRequest)[currentUser];
  if (user === undefined) throw new RcsError('RCS_INTERNAL', 'the route is not guarded');
  return user;
}
