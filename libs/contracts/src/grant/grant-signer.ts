import { randomUUID } from 'node:crypto';
import type { InternalIdentity } from '#platform';
import { TokenSigner } from './token-signer.js';
import { grantTokenType, maximumGrantLifetimeSeconds, type PlaybackGrant } from './playback-grant.js';

export type GrantContent = Omit<PlaybackGrant, 'jti' | 'iat' | 'exp'>;

/** Signs grants (JWS, ES256, RFC 7515) with the gateway's own TLS identity; the certificate travels in `x5c`. */
export class GrantSigner {
  private constructor(private readonly tokens: TokenSigner) {}

  static async create(identity: InternalIdentity): Promise<GrantSigner> {
    return new GrantSigner(await TokenSigner.create(identity, grantTokenType));
  }

  /** A compact JWS, valid from now for `lifetimeSeconds` (at most 60). */
  async sign(content: GrantContent, lifetimeSeconds: number = maximumGrantLifetimeSeconds): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const grant: PlaybackGrant = {
      ...content,
      jti: randomUUID(),
      iat: now,
      exp: now + Math.min(lifetimeSeconds, maximumGrantLifetimeSeconds),
    };
    return this.tokens.sign(grant);
  }
}
