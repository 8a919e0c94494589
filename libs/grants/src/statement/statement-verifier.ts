import { X509Certificate, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ServiceRole } from '#platform';
import { CertificateTrust } from '../certificate-trust.js';
import { verifyCompact } from '../jose/compact-es256.js';

const maximumLength = 16 * 1024;
const signerTimeToLiveMs = 60_000;

/** Why a statement is not believed; for the log. */
export class StatementRefused extends Error {
  override readonly name = 'StatementRefused';
}

/** Checks statements of one type by services of one role: ES256 only, signed under a certificate of the internal authority. */
export class StatementVerifier {
  private readonly trust: CertificateTrust;
  private readonly signers = new LRUCache<string, KeyObject>({ max: 100, ttl: signerTimeToLiveMs });

  constructor(
    caPem: Buffer,
    private readonly role: ServiceRole,
    private readonly type: string,
  ) {
    this.trust = new CertificateTrust(caPem);
  }

  /** What was said. @throws StatementRefused unless it was signed by a service of the role whose certificate is valid now. */
  verify(jws: string): Promise<unknown> {
    return this.verifyAt(jws, () => new Date());
  }

  /** Like `verify` for statements that are kept: the certificate must have been valid when `timeOf` says it was signed. */
  verifyAt(jws: string, timeOf: (content: unknown) => Date): Promise<unknown> {
    return new Promise(resolve => resolve(this.contentOf(jws, timeOf)));
  }

  private contentOf(jws: string, timeOf: (content: unknown) => Date): unknown {
    if (jws.length > maximumLength) throw new StatementRefused(`it is ${jws.length} characters long`);
    const [header = '', payload = '', signature, ...rest] = jws.split('.');
    if (signature === undefined || rest.length > 0) throw new StatementRefused('it is no compact JWS');
    const content = parseJson(payload);
    const key = this.signerKey(parseJson(header), timeOf(content));
    if (verifyCompact(jws, key) === undefined) throw new StatementRefused('its signature is wrong');
    return content;
  }

  private signerKey(header: unknown, time: Date): KeyObject {
    const { alg, typ, x5c } = (header ?? {}) as { alg?: unknown; typ?: unknown; x5c?: unknown };
    const leaf: unknown = Array.isArray(x5c) && x5c.length === 1 ? x5c[0] : undefined;
    if (alg !== 'ES256' || typ !== this.type || typeof leaf !== 'string') {
      throw new StatementRefused(`its header is not that of ${this.type}`);
    }
    const cacheKey = `${Math.floor(time.getTime() / signerTimeToLiveMs)} ${leaf}`;
    const known = this.signers.get(cacheKey);
    if (known !== undefined) return known;
    const certificate = readCertificate(leaf);
    const role = this.trust.roleOf(certificate, time);
    if (role !== this.role) throw new StatementRefused(`it was signed by ${role ?? 'a certificate we do not trust'}`);
    this.signers.set(cacheKey, certificate.publicKey);
    return certificate.publicKey;
  }
}

function readCertificate(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch (error) {
    throw new StatementRefused('its certificate cannot be read', { cause: error });
  }
}

function parseJson(base64url: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64url, 'base64url').toString('utf8')) as unknown;
  } catch (error) {
    throw new StatementRefused('it is not JSON', { cause: error });
  }
}
