import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type { InternalIdentity } from '#platform';
import { signCompact } from '../jose/compact-es256.js';

/**
 * Signs what a service says (JWS, ES256, RFC 7515) with its own TLS identity; the certificate travels in `x5c`, so that
 * whoever trusts the internal authority can check it without a shared secret.
 */
export class StatementSigner {
  private constructor(
    private readonly key: KeyObject,
    private readonly certificate: string,
    private readonly type: string,
  ) {}

  /** `type` becomes `typ`: a statement of one kind is worth nothing where another kind is asked for. */
  static create(identity: InternalIdentity, type: string): Promise<StatementSigner> {
    const certificate = new X509Certificate(identity.certificatePem).raw.toString('base64');
    return Promise.resolve(new StatementSigner(createPrivateKey(identity.keyPem), certificate, type));
  }

  /** A compact JWS over the JSON of the content. */
  sign(content: object): Promise<string> {
    const header = { alg: 'ES256', typ: this.type, x5c: [this.certificate] };
    return Promise.resolve(signCompact(header, JSON.stringify(content), this.key));
  }
}
