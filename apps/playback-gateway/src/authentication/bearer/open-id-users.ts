import { customFetch, createRemoteJWKSet, errors, jwtVerify, type FetchImplementation, type JWTPayload } from 'jose';
import { RcsError, type OpenIdSettings } from '#platform';
import type { ContactCenterStore, ContactCenter, User, UserStore } from '#store';
import { privilegesIn, rolesIn, unique, type ExternalPerson } from '../directory/directory-person.js';
import type { IdentitySourceMetrics } from '../../metrics/identity-source-metrics.js';
import { storedName, type ExternalUsers } from '../external-users.js';
import { isAccessToken } from './access-token.js';
import type { ProviderFetch } from './provider-fetcher.js';

const refused = (reason: string, cause?: unknown): RcsError =>
  new RcsError('RCS_AUTHENTICATION_REQUIRED', `token refused: ${reason}`, { cause });

/** Whoever shows a token that the configured OpenID provider signed for this server (RFC 9068, RFC 8725). */
export class OpenIdUsers {
  private readonly keys;

  /** @param fetchKeys fetches the provider's keys, with its own trust and time-outs */
  constructor(
    private readonly settings: OpenIdSettings,
    private readonly users: UserStore,
    private readonly contactCenters: ContactCenterStore,
    private readonly external: ExternalUsers,
    fetchKeys: FetchImplementation,
  ) {
    this.keys = createRemoteJWKSet(new URL(settings.jwksUri), {
      timeoutDuration: settings.timeoutMs,
      cacheMaxAge: settings.jwksCacheMs,
      cooldownDuration: settings.jwksCooldownMs,
      [customFetch]: fetchKeys,
    });
  }

  /** @throws RcsError RCS_AUTHENTICATION_REQUIRED, RCS_DIRECTORY_UNAVAILABLE when the provider's keys cannot be had. */
  async authenticate(token: string): Promise<User> {
    return this.userOf(await this.verify(token));
  }

  /**
   * The user whom claims name that the provider has signed for this server, in whichever kind of token.
   * @throws RcsError RCS_AUTHENTICATION_REQUIRED
   */
  async userOf(payload: JWTPayload): Promise<User> {
    const { claims } = this.settings;
    const userName = textOf(payload, claims.userName);
    if (userName === undefined || userName.length > 256) throw refused(`it has no claim ${claims.userName}`);
    const contactCenter = await this.contactCenterOf(payload);
    if (claims.roles === undefined) return this.localAccount(contactCenter, userName);
    return this.external.keep(contactCenter, this.personOf(userName, payload), 'openid');
  }

  /** What an access token for this server says. @throws as `authenticate` */
  async verify(token: string): Promise<JWTPayload> {
    const { issuer, audience, algorithms, clockToleranceMs, maxTokenAgeMs, tokenType } = this.settings;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.keys, {
        issuer,
        audience: [...audience],
        algorithms: [...algorithms],
        clockTolerance: clockToleranceMs / 1000,
        maxTokenAge: maxTokenAgeMs / 1000,
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      if (!isAccessToken(protectedHeader.typ, payload, tokenType)) throw refused('it is no access token');
      return payload;
    } catch (error) {
      if (error instanceof RcsError) throw error;
      if (isAboutTheToken(error)) throw refused((error as Error).message, error);
      throw new RcsError('RCS_DIRECTORY_UNAVAILABLE', 'the keys of the OpenID provider cannot be fetched', {
        cause: error,
        retryAfterMs: 2000,
      });
    }
  }

  private async contactCenterOf(payload: JWTPayload): Promise<ContactCenter> {
    const { claims, contactCenter } = this.settings;
    const id =
      (claims.contactCenter === undefined ? undefined : textOf(payload, claims.contactCenter)) ?? contactCenter;
    const found = id === undefined ? undefined : await this.contactCenters.find(id);
    if (found === undefined) throw refused('it names no contact center of this server');
    return found;
  }

  private async localAccount(contactCenter: ContactCenter, userName: string): Promise<User> {
    const local = (name: string): Promise<User | undefined> => this.users.find({ name });
    const user = (await local(storedName(contactCenter, userName))) ?? (await local(userName));
    if (user?.enabled !== true || user.contactCenter !== contactCenter.id) {
      throw refused(`there is no enabled account ${JSON.stringify(userName)} in its contact center`);
    }
    return user;
  }

  private personOf(userName: string, payload: JWTPayload): ExternalPerson {
    const { claims } = this.settings;
    const listed = (claim: string | undefined): readonly string[] =>
      claim === undefined ? [] : unique(textsOf(payload, claim));
    const [agentHierarchy] = listed(claims.agentHierarchy);
    return {
      userName,
      roles: rolesIn(listed(claims.roles)),
      privileges: privilegesIn(listed(claims.privileges)),
      accessGroups: listed(claims.accessGroups).filter(path => path.startsWith('/')),
      partitions: listed(claims.partitions),
      agentIds: [],
      ...(agentHierarchy === undefined ? {} : { agentHierarchy }),
    };
  }
}

/** Everything but a failure to fetch or to understand the provider's keys. */
function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    // The plain class is thrown for answers other than 200 and for bodies that are no JSON.
    error.constructor !== errors.JOSEError
  );
}

/** A claim at a path such as `realm_access.roles`. */
function claimOf(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  let value: unknown = payload;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function textOf(payload: JWTPayload, path: string): string | undefined {
  const value = claimOf(payload, path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A list, or the texts that a claim such as `scope` separates by blanks or commas. */
function textsOf(payload: JWTPayload, path: string): string[] {
  const value = claimOf(payload, path);
  if (typeof value === 'string') return value.split(/[\s,]+/).filter(text => text !== '');
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** @throws RcsError RCS_DIRECTORY_UNAVAILABLE when there are none, however the provider says so. */
async function keysOf(fetching: Promise<Response>): Promise<Response> {
  const answer = await fetching.catch((error: unknown) => {
    throw unavailable('it did not answer', error);
  });
  if (answer.status !== 200) throw unavailable(`it answered ${answer.status}`);
  return answer;
}

const unavailable = (why: string, cause?: unknown): RcsError =>
  new RcsError('RCS_DIRECTORY_UNAVAILABLE', `the keys of the OpenID provider cannot be fetched: ${why}`, {
    cause,
    retryAfterMs: 2000,
  });

/** Those of the provider of the configuration. @param fetch asks it, with its own trust */
export function openIdUsers(
  settings: OpenIdSettings,
  users: UserStore,
  contactCenters: ContactCenterStore,
  external: ExternalUsers,
  metrics: IdentitySourceMetrics,
  fetch: ProviderFetch,
): OpenIdUsers {
  return new OpenIdUsers(settings, users, contactCenters, external, (url, options) =>
    metrics.measured('openid', () => keysOf(fetch(url, options))),
  );
}
