import { X509Certificate } from 'node:crypto';

/** When certificates of the token end; each is parsed once. */
export class CertificateExpiryCache {
  private readonly known = new WeakMap<Buffer, Date | 'unreadable'>();

  /** undefined for bytes that are no certificate: whatever else lies in a token must not hide the others. */
  of(der: Buffer): Date | undefined {
    const known = this.known.get(der) ?? readExpiry(der);
    this.known.set(der, known);
    return known === 'unreadable' ? undefined : known;
  }
}

function readExpiry(der: Buffer): Date | 'unreadable' {
  try {
    return new Date(new X509Certificate(der).validTo);
  } catch {
    return 'unreadable';
  }
}
