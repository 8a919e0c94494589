import { Agent, request } from 'undici';

export interface GenesysCloudAccess {
  /** Such as `https://login.mypurecloud.de`. */
  readonly loginUrl: string;
  /** Such as `https://api.mypurecloud.de`. */
  readonly apiUrl: string;
  /** Of an OAuth client with the grant Client Credentials. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** PEM; undefined for the system's authorities. */
  readonly caPem: string | undefined;
}

/** Genesys Cloud tries the key manager before it answers. */
const timeoutMs = 60_000;
const longestMessage = 300;

/** Genesys Cloud's public API, as an OAuth client of the organization calls it (RFC 6749, 4.4). */
export class GenesysCloudClient {
  private constructor(
    private readonly agent: Agent,
    private readonly apiUrl: string,
    private readonly token: string,
  ) {}

  /** @throws Error saying what Genesys Cloud answered */
  static async logIn({
    loginUrl,
    apiUrl,
    clientId,
    clientSecret,
    caPem,
  }: GenesysCloudAccess): Promise<GenesysCloudClient> {
    const agent = new Agent({ connect: caPem === undefined ? {} : { ca: caPem, allowPartialTrustChain: true } });
    try {
      const answer = await post(agent, new URL('/oauth/token', loginUrl), {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
        contentType: 'application/x-www-form-urlencoded',
        body: 'grant_type=client_credentials',
      });
      const token = answer['access_token'];
      if (typeof token !== 'string') throw new Error(`${loginUrl} answered the login without an access_token`);
      return new GenesysCloudClient(agent, apiUrl, token);
    } catch (error) {
      await agent.close();
      throw error;
    }
  }

  /** @throws Error saying what Genesys Cloud answered */
  post(path: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    return post(this.agent, new URL(path, this.apiUrl), {
      authorization: `Bearer ${this.token}`,
      contentType: 'application/json',
      body: JSON.stringify(body),
    });
  }

  async close(): Promise<void> {
    await this.agent.close();
  }
}

interface Sent {
  readonly authorization: string;
  readonly contentType: string;
  readonly body: string;
}

async function post(
  agent: Agent,
  url: URL,
  { authorization, contentType, body }: Sent,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await request(url, {
    dispatcher: agent,
    method: 'POST',
    headers: { authorization, 'content-type': contentType, accept: 'application/json' },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await answer.body.text();
  const json = asObject(text);
  if (answer.statusCode < 300) return json;
  const said = ['message', 'error_description', 'description', 'error'].map(name => json[name]);
  const reason = said.find(value => typeof value === 'string') ?? text;
  throw new Error(`POST ${url.href} was answered ${answer.statusCode}: ${reason.slice(0, longestMessage)}`);
}

function asObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
