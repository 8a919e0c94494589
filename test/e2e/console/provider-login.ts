import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { OpenIdProvider, type ProviderOptions } from '#test/open-id/open-id-provider.js';
import { freePorts } from '#test/cluster/free-ports.js';
import type { ReadyLine } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { CertificateAuthority } from '#certificates';
import { prefixProxy, type PrefixProxy } from './prefix-proxy.js';

export const prefix = '/some/where';
/** So long the gateways wait for an answer of the provider, milliseconds. */
export const providerTimeoutMs = 1500;

/** Two gateways of a cluster with log-in at a real provider, reached below a path of a proxy that replaces Host. */
export interface LoginWorld {
  readonly provider: OpenIdProvider;
  readonly proxy: PrefixProxy;
  /** Both gateways without the proxy. */
  readonly gateways: readonly [string, string];
  readonly redirectUri: string;
  stop(): Promise<void>;
}

async function certificateOfProvider(work: string) {
  const validUntil = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000);
  const authority = await CertificateAuthority.create({ commonName: 'Provider CA', validUntil });
  const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], uris: [] };
  const { certificatePem, privateKeyPem } = await authority.issue({ commonName: 'provider', ...names, validUntil });
  const caFile = join(work, 'provider-ca.pem');
  writeFileSync(caFile, authority.certificatePem);
  return { cert: certificatePem, key: privateKeyPem, ca: authority.certificatePem, caFile };
}

/** How the gateways show the token endpoint who they are, as the provider has registered them. */
export type ClientAuthentication = NonNullable<ProviderOptions['clientAuthentication']>;

/** @param people whom the provider knows, and what it says of them */
export async function startLoginWorld(
  repository: string,
  ready: ReadyLine,
  people: Readonly<Record<string, object>>,
  work: string,
  clientAuthentication?: ClientAuthentication,
): Promise<LoginWorld> {
  const [first, second, port] = (await freePorts(3)) as [number, number, number];
  const urlOf = (gatewayPort: number): string => Object.assign(new URL(ready.gateway), { port: gatewayPort }).origin;
  const gateways = [urlOf(first), urlOf(second)] as const;
  const { caFile } = ready;
  const proxy = await prefixProxy(prefix, { gateway: gateways[0], caFile }, work, 'gateway.internal');
  const { caFile: providerCa, ...certificate } = await certificateOfProvider(work);
  const issuer = `https://127.0.0.1:${String(port)}`;
  const openId = {
    issuer,
    audience: ['recordings'],
    jwksUri: `${issuer}/jwks`,
    openIdTrustedCA: providerCa,
    claims: { contactCenter: 'contact_center', roles: 'roles', privileges: 'privileges', accessGroups: 'groups' },
    timeoutMs: providerTimeoutMs,
    login: {
      clientId: 'recordings',
      ...(clientAuthentication === 'none' ? {} : { clientSecret: 'a secret of the client' }),
      ...(clientAuthentication === undefined ? {} : { clientAuthentication }),
      name: 'Example ID',
    },
  };
  const externalUrl = `${proxy.origin}${prefix}`;
  const environment = { RCS_OPEN_ID: JSON.stringify(openId), RCS_SERVER_SETTINGS__EXTERNAL_URL: externalUrl };
  const started: SecondGateway[] = [];
  const redirectUri = `${externalUrl}/console/login/openid/callback`;
  const [provider] = await Promise.all([
    OpenIdProvider.start({
      ...{ ...certificate, port, people, redirectUris: [redirectUri] },
      ...(clientAuthentication === undefined ? {} : { clientAuthentication }),
    }),
    ...[first, second].map(async gatewayPort => {
      const listen = { RCS_SERVER_SETTINGS__LISTEN__PORT: String(gatewayPort) };
      started.push(await startSecondGateway(repository, ready, { ...environment, ...listen }));
    }),
  ]);
  return {
    provider,
    proxy,
    gateways,
    redirectUri,
    async stop() {
      await Promise.all([provider.stop(), proxy.stop(), ...started.map(gateway => gateway.stop())]);
    },
  };
}

export interface GatewayAnswer {
  readonly status: number;
  readonly location: string;
  /** Set-Cookie fields. */
  readonly setCookies: readonly string[];
  readonly body: string;
}

/** What a browser does, one request at a time: nothing is followed, and no cookie is kept. */
export class StepwiseBrowser {
  private readonly agent: Agent;

  constructor(
    { caFile }: ReadyLine,
    private readonly world: LoginWorld,
  ) {
    this.agent = new Agent({ connect: { ca: readFileSync(caFile) } });
  }

  async get(url: string, headers: Record<string, string> = {}): Promise<GatewayAnswer> {
    const answer = await request(url, { dispatcher: this.agent, headers, signal: AbortSignal.timeout(60_000) });
    return {
      status: answer.statusCode,
      location: String(answer.headers.location ?? ''),
      setCookies: [answer.headers['set-cookie'] ?? []].flat(),
      body: await answer.body.text(),
    };
  }

  /** Begins a log-in. @returns where the browser is led, and the cookie that it is given */
  async begin(gateway: string, query = ''): Promise<{ readonly to: string; readonly cookie: string }> {
    const { location, setCookies } = await this.get(`${gateway}/console/login/openid${query}`);
    return { to: location, cookie: pairOf(setCookies[0] ?? '') };
  }

  /** What the provider sends somebody back with who has begun a log-in, as a query. */
  async logInAtProvider(to: string, person?: string): Promise<string> {
    return new URL(await this.world.provider.redirected(to, person, this.world.redirectUri)).search;
  }

  comeBack(gateway: string, query: string, cookie?: string): Promise<GatewayAnswer> {
    return this.get(`${gateway}/console/login/openid/callback${query}`, cookie === undefined ? {} : { cookie });
  }

  /** The whole of a log-in. */
  async logIn(gateway: string, person: string): Promise<GatewayAnswer> {
    const { to, cookie } = await this.begin(gateway);
    return this.comeBack(gateway, await this.logInAtProvider(to, person), cookie);
  }

  stop(): Promise<void> {
    return this.agent.destroy();
  }
}

const pairOf = (setCookie: string): string => setCookie.split(';')[0] ?? '';

/** The session that an answer gives; undefined for none. */
export const sessionIn = ({ setCookies }: GatewayAnswer): string | undefined =>
  setCookies.map(pairOf).find(pair => pair.startsWith('JSESSIONID='));
