import { CertificateError, readTrustedCertificates } from '#certificates';
import { ConfigurationError, readOptionFile } from '#platform';
import { outgoingCiphers, weakKeyProblem, type WeakKeyRule } from './weak-keys.js';

/** Whom an outgoing connection trusts, as `tls.connect` takes it. */
export interface TlsTrust {
  readonly rejectUnauthorized: boolean;
  /** PEM; the authorities that come with Node, and those of NODE_EXTRA_CA_CERTS, when absent. */
  readonly ca?: string[];
  /** Only where keys under 2048 bits are allowed. */
  readonly ciphers?: string;
}

/**
 * What a `...TrustedCA` option means: true trusts the authorities that Node knows, false checks nothing, a path trusts the
 * certificates in that file alone, be it PEM, DER, JKS or PKCS#12.
 * @param option its name, for messages
 * @param password of a keystore
 * @param rule whether RSA keys under 2048 bits are taken; refused unless told
 * @throws ConfigurationError naming option and path: a missing file must stop the start, not weaken the check.
 */
export function trustedAuthorities(
  option: string,
  trustedCA: boolean | string,
  password?: string,
  rule: WeakKeyRule = {},
): TlsTrust {
  const ciphers = outgoingCiphers(rule.allowWeakKeys);
  if (typeof trustedCA === 'boolean') return { rejectUnauthorized: trustedCA, ...ciphers };
  const file = readOptionFile(option, trustedCA);
  try {
    const ca = readTrustedCertificates(file, password).map(({ pem }) => pem);
    const problem = weakKeyProblem(ca, rule);
    if (problem !== undefined) throw new ConfigurationError(`option ${option}: ${trustedCA}: ${problem}`);
    return { rejectUnauthorized: true, ca, ...ciphers };
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new ConfigurationError(`option ${option}: ${trustedCA}: ${error.message}`, { cause: error });
  }
}
