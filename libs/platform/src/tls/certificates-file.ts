import { X509Certificate } from 'node:crypto';
import { ConfigurationError } from '../configuration/configuration-error.js';

const begin = /(?=-----BEGIN )/;
/** Also one whose first line is not all there. */
const certificate = /^-----BEGIN (?:(?:X509 |TRUSTED )?CERTIFICATE-----|[A-Z0-9 ]*-{0,4}$)/;

/**
 * The certificates of a PEM file, in their order. OpenSSL itself takes a file of authorities in silence up to what it cannot
 * read, and would trust nobody: one that was cut off while it was written, or two of which the first had no line end. It takes
 * a chain so, too, that was cut off where a certificate begins; one that was cut off elsewhere ends whoever shows it.
 * @param option its name, for messages
 * @throws ConfigurationError when it holds none, or one that cannot be read
 */
export function certificatesOf(file: Buffer, option: string, path: string): X509Certificate[] {
  const blocks = file
    .toString('latin1')
    .split(begin)
    .filter(block => certificate.test(block));
  if (blocks.length === 0) throw new ConfigurationError(`option ${option}: ${path} holds no PEM certificate`);
  return blocks.map((block, index) => certificateIn(block, index, option, path));
}

/** The same as OpenSSL writes them. @throws ConfigurationError likewise */
export function certificatesIn(file: Buffer, option: string, path: string): Buffer {
  const written = certificatesOf(file, option, path).map(one => one.toString());
  return Buffer.from(written.join(''));
}

/**
 * The certificate of a file that is of one. Those that issued it may stand behind it; any other would be meant, and not taken.
 * @param option its name, for messages
 * @throws ConfigurationError when it holds none, one that cannot be read, or one more
 */
export function onlyCertificateIn(file: Buffer, option: string, path: string): X509Certificate {
  const [first, ...others] = certificatesOf(file, option, path) as [X509Certificate, ...X509Certificate[]];
  let issued = first;
  for (const [index, issuer] of others.entries()) {
    if (!issued.checkIssued(issuer) || !issued.verify(issuer.publicKey)) {
      const which = `certificate ${index + 2} of ${path}`;
      throw new ConfigurationError(`option ${option}: ${which} did not issue the one before it: name a file for each`);
    }
    issued = issuer;
  }
  return first;
}

function certificateIn(block: string, index: number, option: string, path: string): X509Certificate {
  try {
    return new X509Certificate(block);
  } catch (error) {
    const which = `certificate ${index + 1} of ${path}`;
    throw new ConfigurationError(`option ${option}: ${which} cannot be read: ${(error as Error).message}`);
  }
}
