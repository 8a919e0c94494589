import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Agent, request } from 'undici';
import { endingWithUs, reservePort } from '#platform';
import { endChild } from '#test/waiting/end-child.js';

export interface ProviderTokens {
  readonly accessToken: string;
  readonly idToken: string;
}

export interface ProviderOptions {
  readonly cert: string;
  readonly key: string;
  /** Authority of the certificate, PEM. */
  readonly ca: string;
  /** The `typ` that its access tokens say instead of at+jwt. */
  readonly typ?: string;
  /** Where it listens; anywhere by default. */
  readonly port?: number;
  /** How its client shows the token endpoint who it is; client_secret_basic by default, without a secret with `none`. */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post' | 'none';
  /** Where it sends people back to. */
  readonly redirectUris?: readonly string[];
  /** Whom it asks for, and what it says of each; without them everybody is olivia. */
  readonly people?: Readonly<Record<string, object>>;
}

const startTimeoutMs = 60_000;
const callback = 'https://client.example.test/callback';

/** A real OpenID provider, and its client `recordings` with whom olivia logs in. */
export class OpenIdProvider {
  private constructor(
    private readonly process: ChildProcess,
    private readonly agent: Agent,
    readonly issuer: string,
  ) {}

  static async start({ ca, port: wanted, ...told }: ProviderOptions): Promise<OpenIdProvider> {
    const port = wanted ?? (await reservePort());
    const program = join(__dirname, 'provider-program.cjs');
    const child = spawn(...endingWithUs(process.execPath, [program, `${port}`]), {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdin.end(JSON.stringify(told));
    await once(createInterface({ input: child.stdout }), 'line', { signal: AbortSignal.timeout(startTimeoutMs) });
    return new OpenIdProvider(child, new Agent({ connect: { ca } }), `https://127.0.0.1:${port}`);
  }

  get jwksUri(): string {
    return `${this.issuer}/jwks`;
  }

  /** What olivia's login by the code flow gives. @param nonce sent with it, where there is one */
  async logIn(nonce?: string): Promise<ProviderTokens> {
    const query = new URLSearchParams({
      client_id: 'recordings',
      response_type: 'code',
      scope: 'openid listen',
      redirect_uri: callback,
      ...(nonce === undefined ? {} : { nonce }),
    });
    const code =
      new URL(await this.redirected(`${this.issuer}/auth?${query.toString()}`)).searchParams.get('code') ?? '';
    const answer = await request(`${this.issuer}/token`, {
      dispatcher: this.agent,
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from('recordings:a%20secret%20of%20the%20client').toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: callback }).toString(),
    });
    const tokens = (await answer.body.json()) as { access_token?: string; id_token?: string };
    const { access_token: accessToken, id_token: idToken } = tokens;
    if (accessToken === undefined || idToken === undefined) throw new Error(`no tokens: ${JSON.stringify(tokens)}`);
    return { accessToken, idToken };
  }

  /** It takes connections, and answers nothing. */
  pause(): void {
    this.process.kill('SIGSTOP');
  }

  resume(): void {
    this.process.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.agent.destroy();
    await endChild('the OpenID provider', this.process);
  }

  /**
   * Where a browser without cookies ends up that follows an authorization request: the URL of its client.
   * @param person who is chosen where the provider asks, or nobody: they cancel
   */
  async redirected(first: string, person?: string, until = callback): Promise<string> {
    const cookies = new Map<string, string>();
    let url = first;
    for (let steps = 0; steps < 10 && !url.startsWith(until); steps++) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const { headers, body } = await request(url, { dispatcher: this.agent, headers: { cookie } });
      const text = await body.text();
      for (const line of [headers['set-cookie'] ?? []].flat()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
        cookies.set(name, value);
      }
      const asks = text.includes('Who are you?');
      if (typeof headers.location !== 'string' && !asks)
        throw new Error(`the provider does not go on: ${text.slice(0, 500)}`);
      const answer = person === undefined ? '?no=thanks' : `?as=${person}`;
      url = new URL(typeof headers.location === 'string' ? headers.location : answer, url).href;
    }
    return url;
  }
}
