import type { IncomingHttpHeaders } from 'node:http';
import { isIP, type Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger, ServerSettings } from '#platform';
import { lastElements } from './forwarded-field.js';
import { networksOf } from './networks.js';

const throughTrustedProxy = Symbol('throughTrustedProxy');
type ForwardedRequest = FastifyRequest & { [throughTrustedProxy]?: boolean };

/** Whether the nearest sender is a proxy of `trustedProxies`, so that what it forwards is believed. */
export const comesThroughTrustedProxy = (request: ForwardedRequest): boolean => request[throughTrustedProxy] === true;

const field = 'x-forwarded-for';
const warningIntervalMs = 60_000;

/**
 * Leaves of X-Forwarded-For only addresses, before anybody asks where a request comes from, and warns when a proxy sends
 * it that is not named in `trustedProxies`: everybody behind it is one address then. Must come before all other hooks.
 */
export function readForwardedFor(
  fastify: FastifyInstance,
  trustedProxies: readonly string[],
  logger: Logger,
  fields: ServerSettings['forwardedFields'] = 'X-Forwarded',
): void {
  const isTrusted = oncePerConnection(networksOf(trustedProxies));
  const warn = atMostOnceIn(warningIntervalMs, (address: string) =>
    logger.warn(
      { address },
      `${fields === 'Forwarded' ? fields : 'X-Forwarded-For'} comes from an address that is not in serverSettings.trustedProxies and is not believed`,
    ),
  );
  fastify.addHook('onRequest', (request: ForwardedRequest, _, done) => {
    const { headers, socket } = request.raw;
    request[throughTrustedProxy] = isTrusted(socket);
    if (fields === 'Forwarded') takeForwarded(headers);
    const value = headers[field];
    if (value !== undefined) {
      if (!request[throughTrustedProxy]) warn(socket.remoteAddress ?? '');
      const known = forwardedAddresses([value].flat().join(','));
      if (known.length === 0) Reflect.deleteProperty(headers, field);
      else headers[field] = known.join(', ');
    }
    done();
  });
}

/** Puts what Forwarded says in the place of what anybody may have sent in the fields that the framework reads. */
function takeForwarded(headers: IncomingHttpHeaders): void {
  for (const name of ['for', 'host', 'proto']) Reflect.deleteProperty(headers, `x-forwarded-${name}`);
  const elements = lastElements(headers.forwarded ?? '');
  const nearest = elements.at(-1);
  if (nearest === undefined) return;
  headers[field] = elements.map(element => element.get('for') ?? 'unknown').join(', ');
  for (const name of ['host', 'proto']) {
    const value = nearest.get(name);
    if (value !== undefined) headers[`x-forwarded-${name}`] = value;
  }
}

/**
 * The addresses of the field, without ports, brackets and zones. What stands before something that is no address came
 * from nobody knows whom and is left out: the nearest proxy is on the right.
 */
export function forwardedAddresses(value: string): readonly string[] {
  const addresses: string[] = [];
  for (const text of value.split(',').reverse()) {
    const address = addressIn(text.trim());
    if (address === undefined) break;
    addresses.unshift(address);
  }
  return addresses;
}

/** `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:443`, in double quotes or not. */
function addressIn(text: string): string | undefined {
  const bare = text.replace(/^"(.*)"$/, '$1');
  const [, inBrackets, withPort] = /^\[([^\]]*)\](?::\d{1,5})?$|^([\d.]+):\d{1,5}$/.exec(bare) ?? [];
  const address = (inBrackets ?? withPort ?? bare).replace(/%.*$/, '');
  return isIP(address) === 0 || (inBrackets !== undefined && isIP(address) !== 6) ? undefined : address;
}

/** The address of a connection does not change, and looking it up costs more than all else that a request needs here. */
function oncePerConnection(judge: (address: string) => boolean): (socket: Socket) => boolean {
  const judged = new WeakMap<Socket, boolean>();
  return socket => {
    const known = judged.get(socket);
    if (known !== undefined) return known;
    const verdict = judge(socket.remoteAddress ?? '');
    judged.set(socket, verdict);
    return verdict;
  };
}

function atMostOnceIn<Arguments extends unknown[]>(milliseconds: number, act: (...given: Arguments) => void) {
  let next = -Infinity;
  return (...given: Arguments): void => {
    const now = performance.now();
    if (now < next) return;
    next = now + milliseconds;
    act(...given);
  };
}
