import { RcsError, type OpenIdSettings } from '#platform';
import type { IdentitySourceMetrics } from '../../metrics/identity-source-metrics.js';
import type { GatewayKeys } from '../../redis/gateway-keys.js';
import type { OpenIdUsers } from '../bearer/open-id-users.js';
import type { ProviderFetch } from '../bearer/provider-fetcher.js';
import { LoginProvider } from './login-provider.js';
import { PendingLogins } from './pending-login.js';
import { providerAway } from './provider-refusal.js';

/** Log-in at the OpenID provider, where it is configured. */
export class OpenIdLogin {
  /** @param parts absent where it is not */
  constructor(
    private readonly parts?: {
      readonly name: string | undefined;
      readonly provider: LoginProvider;
      readonly pending: PendingLogins;
    },
  ) {}

  get isConfigured(): boolean {
    return this.parts !== undefined;
  }

  /** What the provider is called, where the configuration says. */
  get name(): string | undefined {
    return this.parts?.name;
  }

  get provider(): LoginProvider {
    return this.configured().provider;
  }

  get pending(): PendingLogins {
    return this.configured().pending;
  }

  /** As `LoginProvider` says; undefined where there is none. */
  endOfSession(): Promise<string | undefined> {
    return this.parts?.provider.endOfSession() ?? Promise.resolve(undefined);
  }

  private configured() {
    if (this.parts === undefined) throw new RcsError('RCS_NOT_FOUND', 'there is no section openId.login');
    return this.parts;
  }
}

/** Where the provider sends people back to, below the address of this server. */
const callbackPath = '/console/login/openid/callback';

/**
 * That of the configuration, if it has one.
 * @param externalUrl how browsers reach this server
 * @param fetch asks the provider, with its own trust
 */
export function openIdLogin(
  openId: OpenIdSettings,
  externalUrl: string | undefined,
  keys: GatewayKeys,
  users: OpenIdUsers,
  metrics: IdentitySourceMetrics,
  fetch: ProviderFetch,
): OpenIdLogin {
  const { login } = openId;
  if (login === undefined) return new OpenIdLogin();
  // The configuration has one of both: demandRedirectUri.
  const redirectUri = login.redirectUri ?? (externalUrl ?? '').replace(/\/+$/, '') + callbackPath;
  const ask: ProviderFetch = (url, options) => metrics.measured('openid', () => answered(fetch(url, options)));
  return new OpenIdLogin({
    name: login.name,
    provider: new LoginProvider(openId, login, redirectUri, ask, users),
    pending: new PendingLogins(keys, login.loginTimeoutMs),
  });
}

/** @throws RcsError RCS_DIRECTORY_UNAVAILABLE for no answer, and where the provider says that it is to blame */
async function answered(fetching: Promise<Response>): Promise<Response> {
  const answer = await fetching.catch((error: unknown) => {
    throw providerAway('it did not answer', error);
  });
  if (answer.status >= 500) throw providerAway(`it answered ${answer.status}`);
  return answer;
}
