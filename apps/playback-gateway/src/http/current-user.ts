import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { User } from '#store';

const currentUser = Symbol('currentUser');
type KnownRequest = FastifyRequest & { [currentUser]?: User };

/** Notes who the request comes from, before it is decided whether it may go on. */
export function setCurrentUser(user: User, request: KnownRequest): void {
  request[currentUser] = user;
}

/** Who the request comes from, as far as that was found out. */
export function findUser(request: KnownRequest): User | undefined {
  return request[currentUser];
}

/** The user whom the access rule of the route has let in. */
export function userOf(request: FastifyRequest): User {
  const user = findUser(request);
  if (user === undefined) throw new RcsError('RCS_INTERNAL', 'the route is not guarded');
  return user;
}

/** That user, for a handler. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext) =>
  userOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
