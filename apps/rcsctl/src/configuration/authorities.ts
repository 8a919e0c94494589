import { readFileSync } from 'node:fs';
import { certificatesIn } from '#platform';

/** Of whatever names the authority of a cluster, on the command line or in the configuration. */
export const internalAuthority = 'that names the internal authority';

/**
 * The authorities in a file that was named, PEM. OpenSSL would take one that is not whole in silence, and Node the authorities
 * of the system for one that is empty.
 * @param option its name, for messages
 * @throws ConfigurationError for a file without a certificate, or with one that cannot be read; Error where there is none
 */
export function readAuthorities(option: string, file: string): Buffer {
  return certificatesIn(readFileSync(file), option, file);
}
