import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RcsError, type LocalKeyManagerConfiguration, type Logger } from '#platform';
import type { KeyManagerScope } from '#store';
import { KEY_MANAGER_SETTINGS, LOGGER } from '../dependencies/injection-tokens.js';
import { userOf } from '../http/current-user.js';
import { RequestAdmission } from '../access/request-admission.js';
import { scopeOf, NewOwner } from './key-manager-administrator.js';

/** Who registers a credential, and for which contact centers they may: the invitation says it, or the scope. */
export type Registrar = { readonly name: string } & (
  { readonly invitation: string } | { readonly scope: KeyManagerScope }
);

/** In development: anyone may register a credential, of this contact center or, where none is named, of the only one. */
interface OpenRegistration {
  readonly contactCenter: string | undefined;
}

type RegistrationSettings = Pick<
  LocalKeyManagerConfiguration,
  'developmentOpenRegistration' | 'developmentContactCenter'
>;

const registrar = Symbol('registrar');
type RegisteringRequest = FastifyRequest & { [registrar]?: Registrar };

/** Decides who may register a credential: an administrator, the holder of an invitation, in development anyone. */
@Injectable()
export class RegistrationAccess {
  private readonly open: OpenRegistration | undefined;

  constructor(
    private readonly admission: RequestAdmission,
    private readonly newOwner: NewOwner,
    @Inject(KEY_MANAGER_SETTINGS) { developmentOpenRegistration, developmentContactCenter }: RegistrationSettings,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.open = developmentOpenRegistration ? { contactCenter: developmentContactCenter } : undefined;
    if (this.open === undefined) return;
    logger.warn(
      { contactCenter: developmentContactCenter },
      'anyone may register Hawk credentials of this contact center: developmentOpenRegistration is on',
    );
  }

  /** @throws RcsError RCS_AUTHENTICATION_REQUIRED, RCS_INSUFFICIENT_PERMISSION, or what admission refuses with. */
  async admit(request: RegisteringRequest, reply: FastifyReply): Promise<void> {
    request[registrar] = await this.registrar(request, reply);
  }

  /** An invitation is used up, and thereby checked, when the credential is registered. */
  private async registrar(request: FastifyRequest, reply: FastifyReply): Promise<Registrar> {
    const { authorization, cookie } = request.headers;
    const invitation = /^Bearer +([\w-]{20,128}) *$/i.exec(authorization ?? '')?.[1];
    if (invitation !== undefined) return { name: 'invitation', invitation };
    if (this.open !== undefined && authorization === undefined && cookie === undefined) {
      const owner = await this.newOwner.of('everything', this.open.contactCenter);
      return { name: 'anyone', scope: { owner } };
    }
    await this.admission.admit(request, reply);
    const user = userOf(request);
    return { name: user.name, scope: scopeOf(user) };
  }
}

/** Who was let in to register a credential. */
export function registrarOf(request: RegisteringRequest): Registrar {
  const found = request[registrar];
  if (found === undefined) throw new RcsError('RCS_INTERNAL', 'the route is not guarded');
  return found;
}
