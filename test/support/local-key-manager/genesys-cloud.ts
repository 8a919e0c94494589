import { client as hawkClient } from 'hawk';
import { Agent, request } from 'undici';

export interface HawkCredential {
  readonly id: string;
  readonly authKey: string;
}

/** How a request differs from what Genesys Cloud sends. */
export interface CallOptions {
  readonly body?: unknown;
  /** The body as bytes, instead of JSON made of `body`. */
  readonly rawBody?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sign the query, as the Hawk specification demands; Genesys Cloud signs the path alone. */
  readonly signQuery?: boolean;
  /** Sign the body as well. */
  readonly signBody?: boolean;
  readonly nonce?: string;
  /** Seconds since the epoch. */
  readonly timestamp?: number;
  readonly ext?: string;
  /** Application id, which the specification has for delegation. */
  readonly app?: string;
  /** Instead of a Hawk header field; undefined sends none. */
  readonly authorization?: string | undefined;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: () => unknown;
}

/** Calls the key-management API as Genesys Cloud does, with Mozilla's Hawk client. */
export class GenesysCloud {
  private readonly agent: Agent;

  constructor(
    private readonly baseUrl: string,
    ca: string,
    private readonly credential: HawkCredential,
  ) {
    this.agent = new Agent({ connect: { ca } });
  }

  as(credential: HawkCredential): GenesysCloud {
    return Object.assign(Object.create(GenesysCloud.prototype) as GenesysCloud, this, { credential });
  }

  /** The value of Authorization for a call. */
  sign(method: string, path: string, options: CallOptions = {}): string {
    const { nonce, timestamp, ext, app } = options;
    const signedPath = options.signQuery === true ? path : path.split('?')[0]!;
    return hawkClient.header(`${this.baseUrl}${signedPath}`, method, {
      credentials: { id: this.credential.id, key: this.credential.authKey, algorithm: 'sha256' },
      ...(nonce === undefined ? {} : { nonce }),
      ...(timestamp === undefined ? {} : { timestamp }),
      ...(ext === undefined ? {} : { ext }),
      ...(app === undefined ? {} : { app }),
      ...(options.signBody === true ? { payload: bodyOf(options) ?? '', contentType: 'application/json' } : {}),
    }).header;
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<CallAnswer> {
    const authorization = 'authorization' in options ? options.authorization : this.sign(method, path, options);
    const body = bodyOf(options);
    const answer = await request(`${this.baseUrl}${path}`, {
      dispatcher: this.agent,
      method: method as 'GET',
      headers: {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body }),
      headersTimeout: 30_000,
      bodyTimeout: 30_000,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) as unknown };
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}

function bodyOf({ body, rawBody }: CallOptions): string | undefined {
  return rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
}
