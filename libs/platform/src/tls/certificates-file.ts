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
 * The first certificate of a file that is of one. Its issuers may stand behind it in any order, as `openssl pkcs12` writes them;
 * any other would be meant, and not taken.
 * @param option its name, for messages
 * @throws ConfigurationError when it holds none, one that cannot be read, or one that did not issue another one of the chain
 */
export function onlyCertificateIn(file: Buffer, option: string, path: string): X509Certificate {
  const all = certificatesOf(file, option, path) as [X509Certificate, ...X509Certificate[]];
  const chain = new Set([all[0]]);
  // What is added while it runs is visited, too.
  for (const issued of chain) for (const other of all) if (isIssuedBy(issued, other)) chain.add(other);
  const stray = all.findIndex(one => !chain.has(one));
  if (stray < 0) return all[0];
  const which = `certificate ${stray + 1} of ${path} issued neither the first nor an issuer of it`;
  throw new ConfigurationError(
    `option ${option}: ${which}: a chain has to be whole, and any other certificate named in a file of its own`,
  );
}

function isIssuedBy(issued: X509Certificate, issuer: X509Certificate): boolean {
  return issued.checkIssued(issuer) && issued.verify(issuer.publicKey);
}

function certificateIn(block: string, index: number, option: string, path: string): X509Certificate {
  try {
    return new X509Certificate(block);
  } catch (error) {
    const which = `certificate ${index + 1} of ${path}`;
    throw new ConfigurationError(`option ${option}: ${which} cannot be read: ${(error as Error).message}`);
  }
}
