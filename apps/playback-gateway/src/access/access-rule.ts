import { RouteConfig } from '@nestjs/platform-fastify';

/** How much of a body a caller may send whom nobody knows yet, bytes; the others may send `serverSettings.maxBodyBytes`. */
const bodyBounds = {
  anyone: 4 * 1024,
  'log-in': 4 * 1024,
  user: undefined,
  'certificate-administrator': undefined,
  'play-ticket': 4 * 1024,
  'hawk-signed': 64 * 1024,
  'hawk-registration': 4 * 1024,
} as const;

/** Who may call a route: it is decided before one byte of a body is read. */
export type AccessRule = keyof typeof bodyBounds;

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: AccessRule;
  }
}

/** Open to everybody: say why beside it. */
export const Public = (): AccessDecorator => access('anyone');
/** Open to everybody, because the body may carry the credentials. */
export const LogIn = (): AccessDecorator => access('log-in');
/** Users with credentials or a session. */
export const Authenticated = (): AccessDecorator => access('user');
/** Users who may administer recording certificates. */
export const CertificateAdministrators = (): AccessDecorator => access('certificate-administrator');
/** Whoever shows a play ticket, and users. */
export const PlayTickets = (): AccessDecorator => access('play-ticket');
/** Services that sign their requests with Hawk. */
export const HawkSigned = (): AccessDecorator => access('hawk-signed');
/** Administrators and holders of an invitation. */
export const HawkRegistration = (): AccessDecorator => access('hawk-registration');

type AccessDecorator = ClassDecorator & MethodDecorator;

/** The rule that a route was registered with; undefined for one that nobody knows. */
export function accessRuleOf(config: object | undefined): AccessRule | undefined {
  const rule = (config as { readonly access?: unknown } | undefined)?.access;
  return typeof rule === 'string' && Object.hasOwn(bodyBounds, rule) ? (rule as AccessRule) : undefined;
}

/** The most a body may have under the rule, bytes; undefined for the bound of the server. */
export const bodyBoundOf = <Rule extends AccessRule>(rule: Rule): (typeof bodyBounds)[Rule] => bodyBounds[rule];

const decorated = Symbol('accessRule');
type Decorated = object & { [decorated]?: AccessRule };

/** On a method: its rule. On a controller: the rule of its methods that have none of their own. */
function access(rule: AccessRule): AccessDecorator {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (key !== undefined && descriptor !== undefined) {
      decorate(target, key, descriptor, rule);
      return;
    }
    const { prototype } = target as { readonly prototype: object };
    for (const [name, method] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const handler: unknown = method.value;
      if (name === 'constructor' || typeof handler !== 'function') continue;
      if ((handler as Decorated)[decorated] === undefined) decorate(prototype, name, method, rule);
    }
  };
}

function decorate(target: object, key: string | symbol, descriptor: PropertyDescriptor, rule: AccessRule): void {
  (descriptor.value as Decorated)[decorated] = rule;
  RouteConfig({ access: rule })(target, key, descriptor);
}
