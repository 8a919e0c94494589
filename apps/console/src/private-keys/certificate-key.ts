import { der } from './der.js';
import { KeyFileProblem } from './key-file-problem.js';
import { pemBlocks } from './pem.js';
import type { OpenedKey } from './private-key.js';

/** Whether a private key is that of the first certificate of a PEM file: their modulus is the same. @throws KeyFileProblem */
export function isKeyOf({ modulus }: Pick<OpenedKey, 'modulus'>, certificatePem: string): boolean {
  const certified = modulusOf(certificatePem);
  return modulus.length === certified.length && modulus.every((byte, index) => byte === certified[index]);
}

function modulusOf(pem: string): Uint8Array {
  const certificate = pemBlocks(pem).find(({ label }) => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label));
  if (certificate === undefined) throw new KeyFileProblem('noCertificate');
  const fields = der.sequence(der.sequence(der.parse(certificate.der))[0]);
  // RFC 5280 section 4.1: the version, which may be absent, serial number, signature, issuer, validity, subject, key.
  const hasVersion = fields[0]?.idBlock.tagClass === 3;
  const [, publicKey] = der.sequence(fields[hasVersion ? 6 : 5]);
  return der.unsigned(der.sequence(der.parse(der.bits(publicKey)))[0]);
}
