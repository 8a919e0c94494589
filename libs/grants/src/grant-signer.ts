import { createPrivateKey, randomUUID, X509Certificate, type KeyObject } from 'node:crypto';
import { Derived, type Current, type InternalIdentity } from '#platform';
import { signCompact } from './jose/compact-es256.js';
import type { ContentOf, GrantFrame, GrantKind } from './grant-kind.js';

export type SigningIdentity = Pick<InternalIdentity, 'certificatePem' | 'keyPem'>;

interface Signer {
  readonly key: KeyObject;
  readonly header: { readonly alg: 'ES256'; readonly typ: string; readonly x5c: readonly string[] };
}

/** Signs grants of one kind (compact JWS, ES256, RFC 7515); the certificate of the signer travels in `x5c`. */
export class GrantSigner<Grant extends GrantFrame> {
  private readonly signer: Derived<SigningIdentity, Signer>;

  /** @param identity the service's own, or the operator's, of whom the grant is. */
  constructor(
    identity: Current<SigningIdentity>,
    private readonly kind: GrantKind<Grant>,
  ) {
    this.signer = new Derived(identity, ({ keyPem, certificatePem }) => ({
      key: createPrivateKey(keyPem),
      header: { alg: 'ES256', typ: kind.type, x5c: [new X509Certificate(certificatePem).raw.toString('base64')] },
    }));
  }

  /** A grant that is valid from now, as long as its kind may be or shorter. */
  sign(content: ContentOf<Grant>, lifetimeSeconds: number = this.kind.lifetimeSeconds): string {
    const { key, header } = this.signer.current;
    const iat = Math.floor(Date.now() / 1000);
    const frame: GrantFrame = {
      jti: randomUUID(),
      iat,
      exp: iat + Math.min(lifetimeSeconds, this.kind.lifetimeSeconds),
    };
    return signCompact(header, JSON.stringify({ ...content, ...frame }), key);
  }
}
