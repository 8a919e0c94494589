import type { ConnectionOptions } from 'node:tls';
import { readCertificates } from './internal-identity.js';

/**
 * TLS options for a `...TrustedCA` option: true checks against the system's authorities, false checks nothing, a path
 * trusts the PEM certificates in that file alone. Keystores are read by the library tls, which this one cannot import.
 * @throws ConfigurationError when the file cannot be read, or is not whole: it must stop the start, not weaken the check.
 */
export function trustedCaOptions(option: string, trustedCA: boolean | string): ConnectionOptions {
  if (trustedCA === true) return { rejectUnauthorized: true };
  if (trustedCA === false) return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, ca: readCertificates(option, trustedCA) };
}
