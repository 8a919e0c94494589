import { X509Certificate } from 'node:crypto';
import { ConfigurationError } from '../configuration/configuration-error.js';

const begin = /(?=-----BEGIN )/;
/** Also one whose first line is not all there. */
const certificate = /^-----BEGIN (?:(?:X509 |TRUSTED )?CERTIFICATE-----|[A-Z0-9 ]*-{0,4}$)/;

/**
 * The authorities of a PEM file, each as OpenSSL writes it. OpenSSL itself takes a file in silence up to what it cannot read, and
 * would trust nobody: a file that was cut off while it was written, or two of which the first had no line end.
 * @param option its name, for messages
 * @throws ConfigurationError when it holds none, or one that cannot be read
 */
export function authoritiesIn(file: Buffer, option: string, path: string): Buffer {
  const blocks = file
    .toString('latin1')
    .split(begin)
    .filter(block => certificate.test(block));
  if (blocks.length === 0) throw new ConfigurationError(`option ${option}: ${path} holds no PEM certificate`);
  return Buffer.from(blocks.map((block, index) => normalised(block, index, option, path)).join(''));
}

function normalised(block: string, index: number, option: string, path: string): string {
  try {
    return new X509Certificate(block).toString();
  } catch (error) {
    const which = `certificate ${index + 1} of ${path}`;
    throw new ConfigurationError(`option ${option}: ${which} cannot be read: ${(error as Error).message}`);
  }
}
