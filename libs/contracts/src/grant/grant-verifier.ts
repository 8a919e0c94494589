import { createHash, X509Certificate } from 'node:crypto';
import { JWS, type JWK } from 'node-jose';
import { LRUCache } from 'lru-cache';
import { RcsError, type ServiceRole } from '#platform';
import { jsonWebKey } from '../jose/json-web-key.js';
import { CertificateTrust } from './certificate-trust.js';
import {
  clockToleranceSeconds,
  maximumGrantLifetimeSeconds,
  playbackGrantSchema,
  type PlaybackGrant,
} from './playback-grant.js';

const signerRole: ServiceRole = 'playback-gateway';
const maximumGrantLength = 16 * 1024;
/** A signer's certificate is judged anew after this time, so that an expired one is found out. */
const signerTimeToLiveMs = 60_000;

/**
 * Checks grants: ES256 only, signed by a certificate of the internal authority with the role playback-gateway, short
 * lived, of the exact form. A grant that was found good is remembered until it expires.
 */
export class GrantVerifier {
  private readonly trust: CertificateTrust;
  private readonly signers = new LRUCache<string, JWK.Key>({ max: 100, ttl: signerTimeToLiveMs });
  private readonly verified = new LRUCache<string, PlaybackGrant>({ max: 5000 });

  constructor(caPem: Buffer) {
    this.trust = new CertificateTrust(caPem);
  }

  /** @throws RcsError RCS_GRANT_REFUSED; the reason is for the log only. */
  async verify(jws: string): Promise<PlaybackGrant> {
    if (jws.length > maximumGrantLength) throw refused(`it is ${jws.length} characters long`);
    const digest = createHash('sha256').update(jws).digest('base64');
    const known = this.verified.get(digest);
    const grant = known ?? (await this.verifySignature(jws));
    checkTimes(grant);
    if (known === undefined) this.verified.set(digest, grant, { ttl: Math.max(1, grant.exp * 1000 - Date.now()) });
    return grant;
  }

  private async verifySignature(jws: string): Promise<PlaybackGrant> {
    const key = await this.signerKey(jws);
    let payload: Buffer;
    try {
      payload = (await JWS.createVerify(key, { algorithms: ['ES256'], allowEmbeddedKey: false }).verify(jws)).payload;
    } catch (error) {
      throw refused('its signature is wrong', error);
    }
    const parsed = playbackGrantSchema.safeParse(parseJson(payload.toString('utf8')));
    if (!parsed.success)
      throw refused(`its content is not that of a grant: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
    return Object.freeze(parsed.data);
  }

  private async signerKey(jws: string): Promise<JWK.Key> {
    const header = parseJson(Buffer.from(jws.split('.', 1)[0] ?? '', 'base64url').toString('utf8'));
    const { alg, typ, x5c } = (header ?? {}) as { alg?: unknown; typ?: unknown; x5c?: unknown };
    const leaf: unknown = Array.isArray(x5c) && x5c.length === 1 ? x5c[0] : undefined;
    if (alg !== 'ES256' || typ !== 'rcs-grant+jws' || typeof leaf !== 'string')
      throw refused('its header is not that of a grant');
    const known = this.signers.get(leaf);
    if (known !== undefined) return known;
    const certificate = readCertificate(leaf);
    const role = this.trust.roleOf(certificate, new Date());
    if (role !== signerRole) throw refused(`it was signed by ${role ?? 'a certificate we do not trust'}`);
    const key = await jsonWebKey(certificate.publicKey);
    this.signers.set(leaf, key);
    return key;
  }
}

function checkTimes(grant: PlaybackGrant): void {
  const now = Date.now() / 1000;
  if (grant.exp - grant.iat > maximumGrantLifetimeSeconds) throw refused('it lives too long');
  if (grant.iat > now + clockToleranceSeconds) throw refused('it was issued in the future');
  if (grant.exp < now) throw refused('it has expired');
}

function readCertificate(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch (error) {
    throw refused('its certificate cannot be read', error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw refused('it is not JSON', error);
  }
}

const refused = (why: string, cause?: unknown): RcsError =>
  new RcsError('RCS_GRANT_REFUSED', `grant refused: ${why}`, { cause });
