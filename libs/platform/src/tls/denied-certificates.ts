import type { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { ConfigurationError } from '../configuration/configuration-error.js';

/** Certificates of services that count no more although they are valid: their keys were stolen, or their machines lost. */
export interface DeniedCertificates {
  /** SHA-256 of the DER, lower-case hexadecimal. */
  readonly fingerprints: ReadonlySet<string>;
  /** Serial numbers, lower-case hexadecimal without leading zeros. */
  readonly serialNumbers: ReadonlySet<string>;
}

const plain = (hexadecimal: string): string => hexadecimal.replaceAll(':', '').toLowerCase();
const serial = (hexadecimal: string): string => plain(hexadecimal).replace(/^0+(?=.)/, '');

/**
 * Reads a list of denied certificates: a line for each, either its SHA-256 fingerprint or `serial:` and its serial number,
 * both hexadecimal, colons allowed. What follows a # is a remark.
 * @throws ConfigurationError for what may be half a list, and naming the line that is neither: a certificate that was meant
 * must not stay good, nor become good again while somebody writes the file.
 */
export function parseDeniedCertificates(text: string, path: string): DeniedCertificates {
  const refused = (why: string): ConfigurationError =>
    new ConfigurationError(`option internalTls.deniedCertificatesFile: ${path}${why}`);
  if (text === '')
    throw refused(
      ' is empty, as files are that are not written yet: say with a remark, # nobody, that it denies nobody',
    );
  const fingerprints = new Set<string>();
  const serialNumbers = new Set<string>();
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const entry = line.replace(/#.*$/, '').trim();
    const [, number] = /^serial:\s*([0-9A-Fa-f:]{1,64})$/.exec(entry) ?? [];
    if (entry === '') continue;
    if (number !== undefined && index === lines.length - 1)
      throw refused(`: line ${index + 1} has no line end, so that nobody knows whether the serial number is whole`);
    if (number !== undefined) serialNumbers.add(serial(number));
    else if (/^[0-9a-f]{64}$/.test(plain(entry))) fingerprints.add(plain(entry));
    else throw refused(`: line ${index + 1} is neither a SHA-256 fingerprint nor serial:...`);
  }
  return { fingerprints, serialNumbers };
}

/** Whether the list names a certificate, as Node's crypto or its TLS shows it. */
export function isDenied(
  { fingerprint256, serialNumber }: Partial<Pick<X509Certificate | PeerCertificate, 'fingerprint256' | 'serialNumber'>>,
  denied: DeniedCertificates | undefined,
): boolean {
  if (denied === undefined || fingerprint256 === undefined || serialNumber === undefined) return false;
  return denied.fingerprints.has(plain(fingerprint256)) || denied.serialNumbers.has(serial(serialNumber));
}
