import { CertificateError, readTrustedCertificates } from '#certificates';
import { ConfigurationError, readOptionFile } from '#platform';

/** Whom an outgoing connection trusts, as `tls.connect` takes it. */
export interface TlsTrust {
  readonly rejectUnauthorized: boolean;
  /** PEM; the authorities that come with Node, and those of NODE_EXTRA_CA_CERTS, when absent. */
  readonly ca?: string[];
}

/**
 * What a `...TrustedCA` option means: true trusts the authorities that Node knows, false checks nothing, a path trusts the
 * certificates in that file alone, be it PEM, DER, JKS or PKCS#12.
 * @param option its name, for messages
 * @param password of a keystore
 * @throws ConfigurationError naming option and path: a missing file must stop the start, not weaken the check.
 */
export function trustedAuthorities(option: string, trustedCA: boolean | string, password?: string): TlsTrust {
  if (typeof trustedCA === 'boolean') return { rejectUnauthorized: trustedCA };
  const file = readOptionFile(option, trustedCA);
  try {
    return { rejectUnauthorized: true, ca: readTrustedCertificates(file, password).map(({ pem }) => pem) };
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new ConfigurationError(`option ${option}: ${trustedCA}: ${error.message}`, { cause: error });
  }
}
