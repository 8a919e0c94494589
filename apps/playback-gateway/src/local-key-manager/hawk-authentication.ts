import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { server as hawkServer } from 'hawk';
import { RcsError, type LocalKeyManagerConfiguration } from '#platform';
import type { KeyManagerOwner } from '#store';
import { KEY_MANAGER_SETTINGS } from '../dependencies/injection-tokens.js';
import { ReplayGuard } from './replay-guard.js';
import { HawkCredentials, type HawkKey } from './hawk-credentials.js';

/** The credential that signed a request, and whose it is. */
export interface HawkCaller {
  readonly id: string;
  readonly owner: KeyManagerOwner;
}

/** What Hawk signs of a request. */
export interface HawkRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly host: string;
  readonly port: number;
  readonly authorization: string | undefined;
  readonly contentType: string;
}

/** A request whose header a credential in force has signed. */
export interface SignedHeader {
  readonly caller: HawkCaller;
  /** Compares the body with what the signature says of it, if it says anything. @throws HawkRefusal. */
  checkPayload(body: Buffer): void;
}

/** How many seconds a clock may differ, on either side; Genesys Cloud signs the path without its query. */
export type HawkOptions = Pick<LocalKeyManagerConfiguration, 'timestampSkewSeconds' | 'allowUnsignedQuery'>;

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

type Checked = Awaited<ReturnType<typeof hawkServer.authenticate>>;
type Verified = Checked & { readonly owner: KeyManagerOwner };
type HawkFailure = Error & { readonly output?: { readonly headers?: Readonly<Record<string, string>> } };

/** Checks the Hawk header field of requests: signature, freshness, that none is sent twice; then the payload. */
@Injectable()
export class HawkAuthentication {
  constructor(
    private readonly credentials: HawkCredentials,
    private readonly replays: ReplayGuard,
    @Inject(KEY_MANAGER_SETTINGS) private readonly options: HawkOptions,
  ) {}

  /**
   * Who signed the header; its body is yet to come.
   * @throws HawkRefusal; RcsError RCS_SESSION_UNAVAILABLE when it cannot be known whether the request is a repetition.
   */
  async authenticate(request: HawkRequest): Promise<SignedHeader> {
    const { credentials, artifacts, owner } = await this.verified(request);
    const { id, ts, nonce } = artifacts;
    if (!/^\d{1,11}$/.test(ts)) throw refusal(`the timestamp ${JSON.stringify(ts)} is none`);
    if (!(await this.replays.isFirst({ id, owner, ts, nonce }))) throw refusal('the request was sent before');
    return {
      caller: { id, owner },
      checkPayload(body) {
        if (artifacts.hash === undefined) return;
        try {
          hawkServer.authenticatePayload(body, credentials, artifacts, request.contentType);
        } catch (error) {
          throw refusedBy(error);
        }
      },
    };
  }

  /** The further keys of the id and the path without its query are good, too, each only where the first fails. */
  private async verified(request: HawkRequest): Promise<Verified> {
    const { target } = request;
    const signed = this.options.allowUnsignedQuery ? [target, withoutQuery(target)] : [target];
    let inForce: readonly HawkKey[] | undefined;
    let keys: readonly HawkKey[] | undefined;
    let failure: unknown;
    for (const text of new Set(signed)) {
      for (let attempt = 0; attempt < (keys?.length ?? 1); attempt++) {
        try {
          const checked = await this.check({ ...request, target: text }, async id => {
            inForce ??= await this.credentials.keysOf(id);
            keys ??= keysToTry(inForce);
            return keys[attempt]?.key ?? '';
          });
          return { ...checked, owner: keys?.[attempt]?.owner };
        } catch (error) {
          failure = error;
          if ((error as Error).message !== 'Bad mac') throw refusedBy(error);
        }
      }
    }
    // In the audit alone: the caller hears what everybody hears.
    if (inForce?.length === 0) throw new HawkRefusal('Hawk: no credential of this id is in force', 'Hawk', failure);
    throw refusedBy(failure);
  }

  private async check(request: HawkRequest, keyOf: (id: string) => Promise<string>): Promise<Checked> {
    const { method, target: url, host, port, authorization, contentType } = request;
    return hawkServer.authenticate(
      { method, url, host, port, authorization, contentType },
      async id => ({ key: await keyOf(id), algorithm: 'sha256' }),
      { timestampSkewSec: this.options.timestampSkewSeconds },
    );
  }
}

/** The time for an unknown id must not tell that it is unknown: a key that nobody has is tried. */
function keysToTry(keys: readonly HawkKey[]): readonly HawkKey[] {
  return keys.length === 0 ? [{ key: randomBytes(16).toString('hex'), owner: undefined }] : keys;
}

const withoutQuery = (target: string): string => target.split('?', 1)[0] ?? target;

const refusal = (message: string): HawkRefusal => new HawkRefusal(message, 'Hawk');

/** What is not the caller's fault stays what it is. */
function refusedBy(error: unknown): Error {
  if (error instanceof RcsError) return error;
  const { message, output } = error as HawkFailure;
  // Only a stale clock is explained, to those who have the key: the answer carries our time, signed.
  const challenge = message === 'Stale timestamp' ? output?.headers?.['WWW-Authenticate'] : undefined;
  return new HawkRefusal(`Hawk: ${message}`, challenge ?? 'Hawk', error);
}
