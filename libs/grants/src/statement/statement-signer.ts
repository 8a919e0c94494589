import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { Derived, type Current, type InternalIdentity } from '#platform';
import { signCompact } from '../jose/compact-es256.js';

export type SigningIdentity = Pick<InternalIdentity, 'certificatePem' | 'keyPem' | 'cluster'>;

interface Signer {
  readonly key: KeyObject;
  readonly header: { readonly alg: 'ES256'; readonly typ: string; readonly x5c: readonly string[] };
}

/**
 * Signs what a service says (compact JWS, ES256, RFC 7515) with its own TLS identity; the certificate travels in `x5c`, so
 * that whoever trusts the internal authority can check it without a shared secret.
 */
export class StatementSigner {
  private readonly signer: Derived<SigningIdentity, Signer>;

  /**
   * @param identity the service's own, or an operator's.
   * @param type becomes `typ`: a statement of one kind is worth nothing where another kind is asked for.
   */
  constructor(identity: Current<SigningIdentity>, type: string) {
    this.signer = new Derived(identity, ({ keyPem, certificatePem }) => ({
      key: createPrivateKey(keyPem),
      header: { alg: 'ES256', typ: type, x5c: [new X509Certificate(certificatePem).raw.toString('base64')] },
    }));
  }

  /** A compact JWS over the JSON of the content. */
  sign(content: object): string {
    const { key, header } = this.signer.current;
    return signCompact(header, JSON.stringify(content), key);
  }
}
