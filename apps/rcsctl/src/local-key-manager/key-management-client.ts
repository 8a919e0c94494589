import { client as hawkClient } from 'hawk';
import { Agent, request } from 'undici';

export interface HawkCredential {
  readonly id: string;
  readonly authKey: string;
}

export interface KeyManagementCall {
  readonly body?: object;
  /** Seconds since the epoch, instead of now. */
  readonly timestamp?: number;
  /** A header field that was sent before, instead of a new one; null sends none. */
  readonly authorization?: string | null;
}

export interface KeyManagementAnswer {
  readonly status: number;
  readonly challenge: string;
  readonly text: string;
  readonly authorization: string | undefined;
}

const timeoutMs = 60_000;
const base = '/key-management/v1';

/** The key-management API as Genesys Cloud calls it: the path is signed, the query is not. */
export class KeyManagementClient {
  private readonly agent: Agent;

  /** @param url scheme, host and port of the local key manager */
  constructor(
    private readonly url: string,
    private readonly credential: HawkCredential,
    ca: string | undefined,
  ) {
    this.agent = new Agent({ connect: ca === undefined ? {} : { ca, allowPartialTrustChain: true } });
  }

  async call(
    method: 'GET' | 'POST' | 'OPTIONS',
    path: string,
    call: KeyManagementCall = {},
  ): Promise<KeyManagementAnswer> {
    const { body, timestamp } = call;
    const authorization = call.authorization === undefined ? this.sign(method, path, timestamp) : call.authorization;
    const answer = await request(new URL(`${base}${path}`, this.url), {
      dispatcher: this.agent,
      method,
      headers: {
        ...(authorization === null ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return {
      status: answer.statusCode,
      challenge: String(answer.headers['www-authenticate'] ?? ''),
      text: await answer.body.text(),
      authorization: authorization ?? undefined,
    };
  }

  async close(): Promise<void> {
    await this.agent.close();
  }

  private sign(method: string, path: string, timestamp: number | undefined): string {
    const url = new URL(`${base}${path.split('?')[0] ?? path}`, this.url);
    const { id, authKey } = this.credential;
    return hawkClient.header(url.href, method, {
      credentials: { id, key: authKey, algorithm: 'sha256' },
      ...(timestamp === undefined ? {} : { timestamp }),
    }).header;
  }
}
