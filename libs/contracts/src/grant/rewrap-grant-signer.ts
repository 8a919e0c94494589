import { randomUUID } from 'node:crypto';
import type { InternalIdentity } from '#platform';
import { rewrapGrantTokenType, type RewrapGrant } from './rewrap-grant.js';
import { TokenSigner } from './token-signer.js';

const lifetimeSeconds = 30;

/** Signs grants to rewrap with the gateway's own TLS identity. */
export class RewrapGrantSigner {
  private constructor(private readonly tokens: TokenSigner) {}

  static async create(identity: InternalIdentity): Promise<RewrapGrantSigner> {
    return new RewrapGrantSigner(await TokenSigner.create(identity, rewrapGrantTokenType));
  }

  /** A compact JWS, valid from now for half a minute. */
  async sign(content: Omit<RewrapGrant, 'jti' | 'iat' | 'exp'>): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const grant: RewrapGrant = { ...content, jti: randomUUID(), iat: now, exp: now + lifetimeSeconds };
    return this.tokens.sign(grant);
  }
}
