import { randomUUID } from 'node:crypto';
import type { Current } from '#platform';
import { vaultAudience } from './grant-binding.js';
import type { ContentOf, GrantFrame, GrantKind } from './grant-kind.js';
import { StatementSigner, type SigningIdentity } from './statement/statement-signer.js';

/** Signs grants of one kind. */
export class GrantSigner<Grant extends GrantFrame> {
  private readonly signer: StatementSigner;

  /** @param identity the service's own, or the operator's, of whom the grant is. */
  constructor(
    private readonly identity: Current<SigningIdentity>,
    private readonly kind: GrantKind<Grant>,
  ) {
    this.signer = new StatementSigner(identity, kind.type);
  }

  /** A grant that is valid from now, as long as its kind may be or shorter. */
  sign(content: ContentOf<Grant>, lifetimeSeconds: number = this.kind.lifetimeSeconds): string {
    const iat = Math.floor(Date.now() / 1000);
    const frame: GrantFrame = {
      jti: randomUUID(),
      aud: vaultAudience(this.identity.current.cluster),
      iat,
      exp: iat + Math.min(lifetimeSeconds, this.kind.lifetimeSeconds),
    };
    return this.signer.sign({ ...content, ...frame });
  }
}
