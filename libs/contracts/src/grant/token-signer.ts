import { createPrivateKey, X509Certificate } from 'node:crypto';
import { JWS, type JWK } from 'node-jose';
import type { InternalIdentity } from '#platform';
import { jsonWebKey } from '../jose/json-web-key.js';
import { withoutKeyId } from '../jose/without-key-id.js';

/** Makes tokens of one type: compact JWS (ES256, RFC 7515) that carry the certificate of their signer in `x5c`. */
export class TokenSigner {
  private constructor(
    private readonly key: JWK.Key,
    private readonly certificate: string,
    private readonly type: string,
  ) {}

  static async create(
    { keyPem, certificatePem }: Pick<InternalIdentity, 'keyPem' | 'certificatePem'>,
    type: string,
  ): Promise<TokenSigner> {
    const key = await jsonWebKey(createPrivateKey(keyPem));
    return new TokenSigner(key, new X509Certificate(certificatePem).raw.toString('base64'), type);
  }

  async sign(payload: object): Promise<string> {
    const signer = JWS.createSign(
      { format: 'compact', fields: { alg: 'ES256', typ: this.type, x5c: [this.certificate] } },
      withoutKeyId(this.key),
    );
    return (await signer.update(JSON.stringify(payload), 'utf8').final()) as unknown as string;
  }
}
