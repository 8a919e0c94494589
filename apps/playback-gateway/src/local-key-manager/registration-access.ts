import type { FastifyReply, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import { userOf } from '../authentication/current-user.js';
import type { RequestAdmission } from '../authentication/request-admission.js';

/** Who registers a credential, and with which invitation. */
export interface Registrar {
  readonly name: string;
  readonly invitation?: string;
}

const registrar = Symbol('registrar');
type RegisteringRequest = FastifyRequest & { [registrar]?: Registrar };

/** Decides who may register a credential: an administrator, the holder of an invitation, in development anyone. */
export class RegistrationAccess {
  constructor(
    private readonly admission: RequestAdmission,
    private readonly openToAnyone: boolean,
  ) {}

  /** @throws RcsError RCS_AUTHENTICATION_REQUIRED, RCS_INSUFFICIENT_ROLE, or what admission refuses with. */
  async admit(request: RegisteringRequest, reply: FastifyReply): Promise<void> {
    request[registrar] = await this.registrar(request, reply);
  }

  /** An invitation is used up, and thereby checked, when the credential is registered. */
  private async registrar(request: FastifyRequest, reply: FastifyReply): Promise<Registrar> {
    const { authorization, cookie } = request.headers;
    const invitation = /^Bearer +([\w-]{20,128}) *$/i.exec(authorization ?? '')?.[1];
    if (invitation !== undefined) return { name: 'invitation', invitation };
    if (this.openToAnyone && authorization === undefined && cookie === undefined) return { name: 'anyone' };
    await this.admission.admit(request, reply);
    const user = userOf(request);
    if (user.roles.includes('admin') || user.roles.includes('ops')) return { name: user.name };
    throw new RcsError('RCS_INSUFFICIENT_ROLE', `${user.name} may not register Hawk credentials`);
  }
}

/** Who was let in to register a credential. */
export function registrarOf(request: RegisteringRequest): Registrar {
  const found = request[registrar];
  if (found === undefined) throw new RcsError('RCS_INTERNAL', 'the route is not guarded');
  return found;
}
