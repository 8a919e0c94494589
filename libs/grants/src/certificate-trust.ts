import { X509Certificate } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { isDenied, roleOfSubjectAltName, type InternalIdentity, type ServiceRole } from '#platform';

const pemCertificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Who vouches for the certificates of the cluster. */
export type Authorities = Pick<InternalIdentity, 'caPem' | 'cluster' | 'denied'>;

/** A cluster has some tens of processes that sign. */
const rememberedCertificates = 64;

/** The internal authority as a judge of certificates that arrive inside messages. */
export class CertificateTrust {
  private readonly authorities: readonly X509Certificate[];
  /** Messages bring the same ones again and again: each is read once. */
  private readonly read = new LRUCache<string, X509Certificate>({ max: rememberedCertificates });
  /** Who issued one does not change; whether that counts depends on the time and is judged each time. */
  private readonly issuers = new WeakMap<X509Certificate, readonly X509Certificate[]>();

  /** @param denied certificates that count no more, whoever issued them. */
  constructor(
    caPem: Buffer,
    private readonly denied?: Authorities['denied'],
  ) {
    this.authorities = (caPem.toString('latin1').match(pemCertificate) ?? []).map(pem => new X509Certificate(pem));
  }

  /** The role of a certificate that one of the authorities issued and that is valid now; undefined for any other. */
  roleOf(certificate: X509Certificate, now: Date): ServiceRole | undefined {
    if (certificate.ca || !isValidAt(certificate, now.getTime()) || isDenied(certificate, this.denied))
      return undefined;
    const issued = this.issuersOf(certificate).some(authority => isValidAt(authority, now.getTime()));
    return issued ? roleOfSubjectAltName(certificate.subjectAltName) : undefined;
  }

  /** @throws Error for what is no certificate */
  certificateIn(der: Buffer): X509Certificate {
    const bytes = der.toString('latin1');
    const certificate = this.read.get(bytes) ?? new X509Certificate(der);
    this.read.set(bytes, certificate);
    return certificate;
  }

  private issuersOf(certificate: X509Certificate): readonly X509Certificate[] {
    const known = this.issuers.get(certificate);
    if (known !== undefined) return known;
    const issuers = this.authorities.filter(
      authority => authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey),
    );
    this.issuers.set(certificate, issuers);
    return issuers;
  }
}

/** @param time milliseconds since the epoch */
export function isValidAt(
  { validFrom, validTo }: Pick<X509Certificate, 'validFrom' | 'validTo'>,
  time: number,
): boolean {
  return Date.parse(validFrom) <= time && time <= Date.parse(validTo);
}
