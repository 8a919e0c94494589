import { randomBytes } from 'node:crypto';
import { server as hawkServer, type Artifacts } from 'hawk';
import { RcsError } from '#platform';
import type { ReplayGuard } from './replay-guard.js';
import type { HawkCredentials, HawkKeys } from './hawk-credentials.js';

/** What Hawk signs of a request. */
export interface HawkRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly authorization: string | undefined;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface HawkOptions {
  /** Seconds a clock may differ, on either side. */
  readonly timestampSkewSeconds: number;
  /** Genesys Cloud signs the path without its query. */
  readonly allowUnsignedQuery: boolean;
}

/** A request is not signed as it must be. `challenge` is the value of WWW-Authenticate. */
export class HawkRefusal extends RcsError {
  constructor(
    message: string,
    readonly challenge: string,
    cause?: unknown,
  ) {
    super('RCS_AUTHENTICATION_REQUIRED', message, { cause, publicDetail: 'you are not authorized to this endpoint' });
  }
}

type HawkFailure = Error & { readonly output?: { readonly headers?: Readonly<Record<string, string>> } };

/** Checks the Hawk header field of requests: signature, payload, freshness, and that none is sent twice. */
export class HawkAuthentication {
  constructor(
    private readonly credentials: HawkCredentials,
    private readonly replays: ReplayGuard,
    private readonly options: HawkOptions,
  ) {}

  /**
   * The id of the credential that signed the request.
   * @throws HawkRefusal; RcsError RCS_SESSION_UNAVAILABLE when it cannot be known whether the request is a repetition.
   */
  async authenticate(request: HawkRequest): Promise<string> {
    const { id, ts, nonce } = await this.verified(request);
    if (!/^\d{1,11}$/.test(ts)) throw refusal(`the timestamp ${JSON.stringify(ts)} is none`);
    if (!(await this.replays.isFirst({ id, ts, nonce }))) throw refusal('the request was sent before');
    return id;
  }

  /** The key of before a rotation and the path without its query are good, too, each only where the first fails. */
  private async verified(request: HawkRequest): Promise<Artifacts> {
    const urls = this.options.allowUnsignedQuery ? [request.url, withoutQuery(request.url)] : [request.url];
    let keys: readonly string[] | undefined;
    let failure: unknown;
    for (const url of new Set(urls)) {
      for (let attempt = 0; attempt < (keys?.length ?? 1); attempt++) {
        try {
          return await this.check({ ...request, url }, async id => {
            keys ??= keysToTry(await this.credentials.keysOf(id));
            return keys[attempt] ?? '';
          });
        } catch (error) {
          failure = error;
          if ((error as Error).message !== 'Bad mac') throw refusedBy(error);
        }
      }
    }
    throw refusedBy(failure);
  }

  private async check(request: HawkRequest, keyOf: (id: string) => Promise<string>): Promise<Artifacts> {
    const { method, url, host, port, authorization, contentType } = request;
    const { credentials, artifacts } = await hawkServer.authenticate(
      { method, url, host, port, authorization, contentType },
      async id => ({ key: await keyOf(id), algorithm: 'sha256' }),
      { timestampSkewSec: this.options.timestampSkewSeconds },
    );
    if (artifacts.hash !== undefined) {
      hawkServer.authenticatePayload(request.body, credentials, artifacts, contentType);
    }
    return artifacts;
  }
}

/** The time for an unknown id must not tell that it is unknown: a key that nobody has is tried. */
function keysToTry(keys: HawkKeys | undefined): readonly string[] {
  return keys === undefined ? [randomBytes(16).toString('hex')] : [keys.current, ...keys.previous];
}

const withoutQuery = (url: string): string => url.split('?')[0] ?? url;

const refusal = (message: string): HawkRefusal => new HawkRefusal(message, 'Hawk');

/** What is not the caller's fault stays what it is. */
function refusedBy(error: unknown): Error {
  if (error instanceof RcsError) return error;
  const { message, output } = error as HawkFailure;
  // Only a stale clock is explained, to those who have the key: the answer carries our time, signed.
  const challenge = message === 'Stale timestamp' ? output?.headers?.['WWW-Authenticate'] : undefined;
  return new HawkRefusal(`Hawk: ${message}`, challenge ?? 'Hawk', error);
}
