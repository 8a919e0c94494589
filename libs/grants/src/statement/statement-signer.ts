import { createPrivateKey, X509Certificate } from 'node:crypto';
import { JWS, type JWK } from 'node-jose';
import type { InternalIdentity } from '#platform';
import { jsonWebKey } from '../jose/json-web-key.js';
import { withoutKeyId } from '../jose/without-key-id.js';

/**
 * Signs what a service says (JWS, ES256, RFC 7515) with its own TLS identity; the certificate travels in `x5c`, so that
 * whoever trusts the internal authority can check it without a shared secret.
 */
export class StatementSigner {
  private constructor(
    private readonly key: JWK.Key,
    private readonly certificate: string,
    private readonly type: string,
  ) {}

  /** `type` becomes `typ`: a statement of one kind is worth nothing where another kind is asked for. */
  static async create(identity: InternalIdentity, type: string): Promise<StatementSigner> {
    const key = await jsonWebKey(createPrivateKey(identity.keyPem));
    return new StatementSigner(key, new X509Certificate(identity.certificatePem).raw.toString('base64'), type);
  }

  /** A compact JWS over the JSON of the content. */
  async sign(content: object): Promise<string> {
    const fields = { alg: 'ES256', typ: this.type, x5c: [this.certificate] };
    const signer = JWS.createSign({ format: 'compact', fields }, withoutKeyId(this.key));
    return (await signer.update(JSON.stringify(content), 'utf8').final()) as unknown as string;
  }
}
