import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { JWS, type JWK } from 'node-jose';
import type { InternalIdentity } from '#platform';
import { jsonWebKey } from '../jose/json-web-key.js';
import { withoutKeyId } from '../jose/without-key-id.js';
import { maximumGrantLifetimeSeconds, type PlaybackGrant } from './playback-grant.js';

export type GrantContent = Omit<PlaybackGrant, 'jti' | 'iat' | 'exp'>;

/** Signs grants (JWS, ES256, RFC 7515) with the gateway's own TLS identity; the certificate travels in `x5c`. */
export class GrantSigner {
  private constructor(
    private readonly key: JWK.Key,
    private readonly certificate: string,
  ) {}

  static async create(identity: InternalIdentity): Promise<GrantSigner> {
    const key = await jsonWebKey(createPrivateKey(identity.keyPem));
    return new GrantSigner(key, new X509Certificate(identity.certificatePem).raw.toString('base64'));
  }

  /** A compact JWS, valid from now for `lifetimeSeconds` (at most 60). */
  async sign(content: GrantContent, lifetimeSeconds: number = maximumGrantLifetimeSeconds): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const grant: PlaybackGrant = {
      ...content,
      jti: randomUUID(),
      iat: now,
      exp: now + Math.min(lifetimeSeconds, maximumGrantLifetimeSeconds),
    };
    const signer = JWS.createSign(
      { format: 'compact', fields: { alg: 'ES256', typ: 'rcs-grant+jws', x5c: [this.certificate] } },
      withoutKeyId(this.key),
    );
    return (await signer.update(JSON.stringify(grant), 'utf8').final()) as unknown as string;
  }
}
