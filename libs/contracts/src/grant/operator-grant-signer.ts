import { randomUUID } from 'node:crypto';
import type { InternalIdentity } from '#platform';
import { operatorGrantTokenType, type OperatorGrant, type OperatorGrantContent } from './operator-grant.js';
import { maximumGrantLifetimeSeconds } from './playback-grant.js';
import { TokenSigner } from './token-signer.js';

/** Signs grants with an operator's key. */
export class OperatorGrantSigner {
  private constructor(private readonly tokens: TokenSigner) {}

  /** @param operator certificate and key of the operator, not of the machine. */
  static async create(operator: Pick<InternalIdentity, 'certificatePem' | 'keyPem'>): Promise<OperatorGrantSigner> {
    return new OperatorGrantSigner(await TokenSigner.create(operator, operatorGrantTokenType));
  }

  /** A compact JWS that is valid for a minute from now. */
  async sign(content: OperatorGrantContent): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const grant: OperatorGrant = { ...content, jti: randomUUID(), iat: now, exp: now + maximumGrantLifetimeSeconds };
    return this.tokens.sign(grant);
  }
}
