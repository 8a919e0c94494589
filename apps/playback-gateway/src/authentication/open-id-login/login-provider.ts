import type { JWTPayload } from 'jose';
import * as openid from 'openid-client';
import { RcsError, type OpenIdLoginSettings, type OpenIdSettings } from '#platform';
import type { OpenIdUsers } from '../bearer/open-id-users.js';
import type { ProviderFetch } from '../bearer/provider-fetcher.js';
import type { PendingLogin } from './pending-login.js';
import { providerAway, providerRefusal } from './provider-refusal.js';

/** Whom the provider has let in. */
export interface ProvenIdentity {
  readonly claims: JWTPayload;
  /** When it last asked who is there, milliseconds since the epoch; the beginning of time where it does not say. */
  readonly authenticatedAt: number;
}

/** What a log-in is tied to. */
export type LoginChecks = Pick<PendingLogin, 'state' | 'nonce' | 'codeVerifier' | 'isFresh'>;

/** How long what the provider says of itself is believed, milliseconds. */
const metadataLifetimeMs = 3_600_000;
/** Since the provider asked, where it was told to ask: whoever is there may still need a moment to come back, seconds. */
const freshSeconds = 300;
const consoleFromCallback = '../../../console';

/**
 * The OpenID provider as this server is its client: authorization code flow with PKCE (RFC 9700 section 2.1). The protocol is
 * that of openid-client; every question has a deadline, and the trust of the configuration.
 */
export class LoginProvider {
  private known: { readonly configuration: Promise<openid.Configuration>; readonly until: number } | undefined;

  /** @param redirectUri where the provider sends people back to, as it knows it */
  constructor(
    private readonly settings: OpenIdSettings,
    private readonly login: OpenIdLoginSettings,
    private readonly redirectUri: string,
    private readonly fetch: ProviderFetch,
    private readonly accessTokens: Pick<OpenIdUsers, 'verify'>,
  ) {}

  /** Where a browser goes to log in. @throws RcsError RCS_DIRECTORY_UNAVAILABLE */
  async begin(isFresh: boolean): Promise<LoginChecks & { readonly url: string }> {
    const configuration = await this.configuration();
    const checks = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      codeVerifier: openid.randomPKCECodeVerifier(),
      isFresh,
    };
    const url = openid.buildAuthorizationUrl(configuration, {
      ...this.login.parameters,
      redirect_uri: this.redirectUri,
      scope: this.login.scopes.join(' '),
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(checks.codeVerifier),
      code_challenge_method: 'S256',
      // max_age has the provider say when it asked (OpenID Connect Core 1.0 section 2, auth_time).
      ...(isFresh ? { prompt: 'login', max_age: String(freshSeconds) } : {}),
    });
    return { ...checks, url: url.href };
  }

  /**
   * Redeems what a browser came back with.
   * @param answer the query of its request
   * @throws RcsError RCS_AUTHENTICATION_REQUIRED, RCS_DIRECTORY_UNAVAILABLE; RCS_INTERNAL where the provider does not know this server
   */
  async finish(answer: URLSearchParams, { state, nonce, codeVerifier, isFresh }: LoginChecks): Promise<ProvenIdentity> {
    const configuration = await this.configuration();
    try {
      const tokens = await openid.authorizationCodeGrant(
        configuration,
        new URL(`${this.redirectUri}?${answer.toString()}`),
        {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
          ...(isFresh ? { maxAge: freshSeconds } : {}),
        },
      );
      return await this.identityIn(tokens);
    } catch (error) {
      throw providerRefusal(error);
    }
  }

  /** Where whoever has logged out here ends their session at the provider; undefined where it has no such place, or does not answer. */
  async endOfSession(): Promise<string | undefined> {
    if (!this.login.endProviderSession) return undefined;
    try {
      const configuration = await this.configuration();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      const back = new URL(consoleFromCallback, this.redirectUri).href;
      return openid.buildEndSessionUrl(configuration, { post_logout_redirect_uri: back }).href;
    } catch {
      // They are logged out of what this server has to do with.
      return undefined;
    }
  }

  private async identityIn(tokens: Awaited<ReturnType<typeof openid.authorizationCodeGrant>>): Promise<ProvenIdentity> {
    const inIdToken = tokens.claims();
    if (inIdToken === undefined) throw refused('it gave no ID token');
    const authenticatedAt = (inIdToken.auth_time ?? 0) * 1000;
    if (this.login.claimsFrom === 'id-token') return { claims: inIdToken, authenticatedAt };
    const claims = await this.accessTokens.verify(tokens.access_token);
    if (claims.sub !== inIdToken.sub) throw refused('its two tokens are of two people');
    return { claims, authenticatedAt };
  }

  /** @throws RcsError RCS_DIRECTORY_UNAVAILABLE */
  private configuration(): Promise<openid.Configuration> {
    if (this.known !== undefined && performance.now() < this.known.until) return this.known.configuration;
    const configuration = this.configured();
    const known = { configuration, until: performance.now() + metadataLifetimeMs };
    this.known = known;
    configuration.catch(() => {
      if (this.known === known) this.known = undefined;
    });
    return configuration;
  }

  private async configured(): Promise<openid.Configuration> {
    const { issuer, jwksUri, algorithms, clockToleranceMs, timeoutMs } = this.settings;
    const { clientId } = this.login;
    const configuration = new openid.Configuration(
      {
        ...(await this.metadata()),
        // What the configuration names counts, whatever the provider says of itself.
        issuer,
        jwks_uri: jwksUri,
        id_token_signing_alg_values_supported: [...algorithms],
      },
      clientId,
      { [openid.clockTolerance]: clockToleranceMs / 1000 },
      clientAuthenticationOf(this.login),
    );
    configuration[openid.customFetch] = this.fetch;
    configuration.timeout = timeoutMs / 1000;
    // Signatures are checked even of what came over TLS: trust in its certificate may be turned off.
    openid.enableNonRepudiationChecks(configuration);
    return configuration;
  }

  /** What the provider is, as configured, else as it says itself (OpenID Connect Discovery 1.0). */
  private async metadata(): Promise<Partial<openid.ServerMetadata>> {
    const { authorizationEndpoint, tokenEndpoint, endSessionEndpoint, clientId } = this.login;
    const named = {
      ...(authorizationEndpoint === undefined ? {} : { authorization_endpoint: authorizationEndpoint }),
      ...(tokenEndpoint === undefined ? {} : { token_endpoint: tokenEndpoint }),
      ...(endSessionEndpoint === undefined ? {} : { end_session_endpoint: endSessionEndpoint }),
    };
    if (authorizationEndpoint !== undefined && tokenEndpoint !== undefined) return named;
    try {
      const discovered = await openid.discovery(new URL(this.settings.issuer), clientId, undefined, openid.None(), {
        [openid.customFetch]: this.fetch,
        timeout: this.settings.timeoutMs / 1000,
      });
      return { ...(discovered.serverMetadata() as openid.ServerMetadata), ...named };
    } catch (error) {
      throw providerAway('its metadata cannot be had from the issuer', error);
    }
  }
}

/** How the gateway shows the token endpoint who it is; a public client is known by PKCE alone. */
function clientAuthenticationOf({ clientSecret, clientAuthentication }: OpenIdLoginSettings): openid.ClientAuth {
  if (clientSecret === undefined) return openid.None();
  return clientAuthentication === 'client_secret_post'
    ? openid.ClientSecretPost(clientSecret)
    : openid.ClientSecretBasic(clientSecret);
}

const refused = (why: string): RcsError =>
  new RcsError('RCS_AUTHENTICATION_REQUIRED', `the OpenID provider refused a log-in: ${why}`);
