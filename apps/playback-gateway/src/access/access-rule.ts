import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';
import type { ServerSettings } from '#platform';
import type { User } from '#store';

/** Which bound of the configuration holds for bodies under a rule: few bytes of those whom nobody knows yet. */
const bodyBounds = {
  anyone: 'maxLoginBodyBytes',
  login: 'maxLoginBodyBytes',
  user: 'maxBodyBytes',
  'certificate-administrator': 'maxBodyBytes',
  'certificate-viewer': 'maxBodyBytes',
  'play-ticket': 'maxLoginBodyBytes',
  'hawk-signed': 'maxHawkBodyBytes',
  'hawk-registration': 'maxLoginBodyBytes',
} as const;

/** Who may call a route: it is decided before one byte of a body is read. */
export type AccessRule = keyof typeof bodyBounds;

/** The most a body may have, bytes. */
export type BodyBounds = Readonly<Record<(typeof bodyBounds)[AccessRule], number>>;

export const bodyBoundsOf = ({
  limits,
  maxBodyBytes,
}: Pick<ServerSettings, 'limits' | 'maxBodyBytes'>): BodyBounds => ({
  ...limits,
  maxBodyBytes,
});

/** Refuses users who may not use a route. @throws RcsError RCS_INSUFFICIENT_ROLE, RCS_INSUFFICIENT_PERMISSION */
export type UserJudge = (user: User) => unknown;

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: AccessRule;
    judge?: UserJudge;
    /** Whether the recorder may call it; no route that does not say so. */
    recorder?: boolean;
  }
}

/** Open to everybody: say why beside it. */
export const Public = (): AccessDecorator => access('anyone');
/** Open to everybody, because the body may carry the credentials. */
export const Login = (): AccessDecorator => access('login');
/** Users with credentials or a session; only those whom the judge does not refuse, where there is one. */
export const Authenticated = (judge?: UserJudge): AccessDecorator => access('user', judge);
/** As `Authenticated`, and the recorder, whom every other route refuses. */
export const AuthenticatedOrRecorder = (judge?: UserJudge): AccessDecorator => access('user', judge, true);
/** Users who have this privilege in their contact center. */
export const RequirePrivilege = (privilege: keyof typeof ruleOfPrivilege): AccessDecorator =>
  access(ruleOfPrivilege[privilege]);
/** Who may see recording certificates: administrators of them, and who may decrypt recordings. */
export const CertificateViewers = (): AccessDecorator => access('certificate-viewer');
/** Whoever shows a play ticket, and users. */
export const PlayTickets = (): AccessDecorator => access('play-ticket');
/** Services that sign their requests with Hawk. */
export const HawkSigned = (): AccessDecorator => access('hawk-signed');
/** Administrators and holders of an invitation. */
export const HawkRegistration = (): AccessDecorator => access('hawk-registration');

const ruleOfPrivilege = { 'administer-certificates': 'certificate-administrator' } as const;

type AccessDecorator = ClassDecorator & MethodDecorator;

/** The rule that a route was registered with; undefined for one that nobody knows. */
export function accessRuleOf(config: object | undefined): AccessRule | undefined {
  const rule = (config as { readonly access?: unknown } | undefined)?.access;
  return typeof rule === 'string' && Object.hasOwn(bodyBounds, rule) ? (rule as AccessRule) : undefined;
}

/** Who decides about the user, once it is known who that is; undefined where every user may. */
export const judgeOf = (config: FastifyContextConfig | undefined): UserJudge | undefined => config?.judge;

/** Whether the recorder may call the route. */
export const isOpenToRecorder = (config: FastifyContextConfig | undefined): boolean => config?.recorder === true;

/** The most a body may have under the rule, bytes. */
export const bodyBoundOf = (rule: AccessRule, bounds: BodyBounds): number => bounds[bodyBounds[rule]];

const decorated = Symbol('accessRule');
type Decorated = object & { [decorated]?: AccessRule };

/** On a method: its rule. On a controller: the rule of its methods that have none of their own. */
function access(rule: AccessRule, judge?: UserJudge, recorder = false): AccessDecorator {
  const config: FastifyContextConfig = { access: rule, judge, recorder };
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (key !== undefined && descriptor !== undefined) {
      decorate(target, key, descriptor, config);
      return;
    }
    const { prototype } = target as { readonly prototype: object };
    for (const [name, method] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const handler: unknown = method.value;
      if (name === 'constructor' || typeof handler !== 'function') continue;
      if ((handler as Decorated)[decorated] === undefined) decorate(prototype, name, method, config);
    }
  };
}

function decorate(
  target: object,
  key: string | symbol,
  descriptor: PropertyDescriptor,
  config: FastifyContextConfig,
): void {
  (descriptor.value as Decorated)[decorated] = config.access;
  RouteConfig(config)(target, key, descriptor);
}
