import { CertificateError, parseCertificatePem, type CertificateInfo } from '#certificates';
import { ConfigurationError, onlyCertificateIn, RcsError, readOptionFile, type KeyVaultConfiguration } from '#platform';
import { readCertificate } from './read-certificate.js';

type ArchiveRecipientSettings = KeyVaultConfiguration['archiveRecipients'];

/**
 * For whom archives of each contact center may be re-wrapped. It is the configuration of the vault that says so and nothing
 * that comes with a call: who has the private key of such a certificate opens all that is made for it, and no administrator
 * and no gateway gives that away.
 */
export class ArchiveRecipients {
  private constructor(private readonly allowed: ReadonlyMap<string, ReadonlySet<string>>) {}

  /** @throws ConfigurationError naming the file that is no certificate, or none that an archive can be made for */
  static open(settings: ArchiveRecipientSettings): ArchiveRecipients {
    const allowed = new Map<string, Set<string>>();
    for (const [index, { contactCenter, certificateFiles, fingerprints }] of settings.entries()) {
      const option = `keyVault.archiveRecipients.${index}`;
      const named = allowed.get(contactCenter) ?? new Set();
      allowed.set(contactCenter, named);
      for (const fingerprint of fingerprints) named.add(fingerprint.replaceAll(':', '').toLowerCase());
      for (const [place, path] of certificateFiles.entries())
        named.add(fingerprintIn(`${option}.certificateFiles.${place}`, path));
    }
    return new ArchiveRecipients(allowed);
  }

  /**
   * The certificate, if archives of the contact center may be made for it now.
   * @throws RcsError RCS_ARCHIVE_RECIPIENT_REFUSED, RCS_CERTIFICATE_NOT_VALID, RCS_KEY_REFUSED for what is no
   * certificate of an RSA key of 2048 bits or more
   */
  require(contactCenter: string, pem: string, now = new Date()): CertificateInfo {
    const certificate = readCertificate(pem);
    const { fingerprint, notBefore, notAfter } = certificate;
    if (this.allowed.get(contactCenter)?.has(fingerprint) !== true) {
      const publicDetail = `keyVault.archiveRecipients of the vault does not name the certificate ${fingerprint} for this contact center`;
      throw new RcsError('RCS_ARCHIVE_RECIPIENT_REFUSED', `${contactCenter}: ${publicDetail}`, { publicDetail });
    }
    if (now < notBefore || now > notAfter) {
      const publicDetail = `the certificate ${fingerprint} is not valid at ${now.toISOString()}`;
      throw new RcsError('RCS_CERTIFICATE_NOT_VALID', publicDetail, { publicDetail });
    }
    return certificate;
  }
}

function fingerprintIn(option: string, path: string): string {
  const file = readOptionFile(option, path);
  onlyCertificateIn(file, option, path);
  try {
    return parseCertificatePem(file)[0].fingerprint;
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new ConfigurationError(`option ${option}: ${path} is no certificate: ${error.message}`);
  }
}
