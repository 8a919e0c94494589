import { X509Certificate } from 'node:crypto';
import { isDenied, roleOfSubjectAltName, type InternalIdentity, type ServiceRole } from '#platform';

const pemCertificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Who vouches for the certificates of the cluster. */
export type Authorities = Pick<InternalIdentity, 'caPem' | 'cluster' | 'denied'>;

/** The internal authority as a judge of certificates that arrive inside messages. */
export class CertificateTrust {
  private readonly authorities: readonly X509Certificate[];

  /** @param denied certificates that count no more, whoever issued them. */
  constructor(
    caPem: Buffer,
    private readonly denied?: Authorities['denied'],
  ) {
    this.authorities = (caPem.toString('latin1').match(pemCertificate) ?? []).map(pem => new X509Certificate(pem));
  }

  /** The role of a certificate that one of the authorities issued and that is valid now; undefined for any other. */
  roleOf(certificate: X509Certificate, now: Date): ServiceRole | undefined {
    if (certificate.ca || !validAt(certificate, now) || isDenied(certificate, this.denied)) return undefined;
    const issued = this.authorities.some(
      authority =>
        authority.ca &&
        validAt(authority, now) &&
        certificate.checkIssued(authority) &&
        certificate.verify(authority.publicKey),
    );
    return issued ? roleOfSubjectAltName(certificate.subjectAltName) : undefined;
  }
}

function validAt(certificate: X509Certificate, now: Date): boolean {
  return Date.parse(certificate.validFrom) <= now.getTime() && now.getTime() <= Date.parse(certificate.validTo);
}
