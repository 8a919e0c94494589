import { randomUUID } from 'node:crypto';
import type { InternalIdentity } from '#platform';
import {
  administrationGrantTokenType,
  type AdministrationGrant,
  type AdministrationGrantContent,
} from './administration-grant.js';
import { maximumGrantLifetimeSeconds } from './playback-grant.js';
import { TokenSigner } from './token-signer.js';

/** Signs grants to administer keys with the gateway's own TLS identity. */
export class AdministrationGrantSigner {
  private constructor(private readonly tokens: TokenSigner) {}

  static async create(identity: InternalIdentity): Promise<AdministrationGrantSigner> {
    return new AdministrationGrantSigner(await TokenSigner.create(identity, administrationGrantTokenType));
  }

  /** A compact JWS, valid from now for a minute. */
  async sign(content: AdministrationGrantContent): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const grant: AdministrationGrant = {
      ...content,
      jti: randomUUID(),
      iat: now,
      exp: now + maximumGrantLifetimeSeconds,
    };
    return this.tokens.sign(grant);
  }
}
