import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type { InternalIdentity } from '#platform';
import { signCompact } from '../jose/compact-es256.js';

/** Makes tokens of one type: compact JWS (ES256, RFC 7515) that carry the certificate of their signer in `x5c`. */
export class TokenSigner {
  private constructor(
    private readonly key: KeyObject,
    private readonly certificate: string,
    private readonly type: string,
  ) {}

  static async create(
    { keyPem, certificatePem }: Pick<InternalIdentity, 'keyPem' | 'certificatePem'>,
    type: string,
  ): Promise<TokenSigner> {
    const certificate = new X509Certificate(certificatePem).raw.toString('base64');
    return Promise.resolve(new TokenSigner(createPrivateKey(keyPem), certificate, type));
  }

  async sign(payload: object): Promise<string> {
    const header = { alg: 'ES256', typ: this.type, x5c: [this.certificate] };
    return Promise.resolve(signCompact(header, JSON.stringify(payload), this.key));
  }
}
