import { randomUUID } from 'node:crypto';
import type { InternalIdentity } from '#platform';
import {
  keyApprovalTokenType,
  maximumApprovalLifetimeSeconds,
  type KeyApproval,
  type KeyApprovalContent,
} from './key-approval.js';
import { TokenSigner } from './token-signer.js';

/** Signs approvals with an operator's key. */
export class KeyApprovalSigner {
  private constructor(private readonly tokens: TokenSigner) {}

  /** @param operator certificate and key of the operator, not of the machine. */
  static async create(operator: Pick<InternalIdentity, 'certificatePem' | 'keyPem'>): Promise<KeyApprovalSigner> {
    return new KeyApprovalSigner(await TokenSigner.create(operator, keyApprovalTokenType));
  }

  /** A compact JWS that is valid for a day from now. */
  async sign(content: KeyApprovalContent): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const approval: KeyApproval = {
      ...content,
      jti: randomUUID(),
      iat: now,
      exp: now + maximumApprovalLifetimeSeconds,
    };
    return this.tokens.sign(approval);
  }
}
