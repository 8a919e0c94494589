import { Inject, Injectable } from '@nestjs/common';
import type { Configuration } from '#platform';
import type { ContactCenterStore, UserStore } from '#store';
import { trustedAuthorities } from '#tls';
import { CONFIGURATION, storeTokens } from '../dependencies/injection-tokens.js';
import { IdentitySourceMetrics } from '../metrics/identity-source-metrics.js';
import { GatewayKeys } from '../redis/gateway-keys.js';
import { openIdUsers, type OpenIdUsers } from './bearer/open-id-users.js';
import { providerFetcher } from './bearer/provider-fetcher.js';
import { ExternalUsers } from './external-users.js';
import { OpenIdLogin, openIdLogin } from './open-id-login/open-id-login.js';

/** The OpenID provider of the configuration, as far as there is one: who shows its tokens, and who logs in there. */
@Injectable()
export class OpenIdConnection {
  readonly users: OpenIdUsers | undefined;
  readonly login: OpenIdLogin;

  /** @throws ConfigurationError where its authorities cannot be read */
  constructor(
    @Inject(CONFIGURATION) { openId, serverSettings }: Configuration,
    @Inject(storeTokens.users) users: UserStore,
    @Inject(storeTokens.contactCenters) contactCenters: ContactCenterStore,
    external: ExternalUsers,
    metrics: IdentitySourceMetrics,
    keys: GatewayKeys,
  ) {
    if (openId === undefined) {
      this.login = new OpenIdLogin();
      return;
    }
    const { openIdTrustedCA, openIdJksPassword } = openId;
    const trust = trustedAuthorities('openId.openIdTrustedCA', openIdTrustedCA, openIdJksPassword);
    const fetch = providerFetcher(openId, trust);
    this.users = openIdUsers(openId, users, contactCenters, external, metrics, fetch);
    this.login = openIdLogin(openId, serverSettings.externalUrl, keys, this.users, metrics, fetch);
  }
}
