import { constants, hash, verify, type KeyObject } from 'node:crypto';
import type { SignerInfo } from '@peculiar/asn1-cms';
import { readDerElements } from '#asn1';
import { hashIn, hashOf } from './stamp-hashes.js';
import { TimeStampRefused } from './time-stamp-refused.js';

const rsaEncryption = '1.2.840.113549.1.1.1';
const rsaPss = '1.2.840.113549.1.1.10';
/** Signature algorithms that name their hash. */
const withHash: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
]);
const hashless: ReadonlySet<string> = new Set(['1.3.101.112', '1.3.101.113']);

/** By the hash that the signer names for the content. @throws TimeStampRefused for a hash that can be forged */
export function digestBy({ digestAlgorithm }: Pick<SignerInfo, 'digestAlgorithm'>, content: Buffer): Buffer {
  const found = hashOf(digestAlgorithm.algorithm);
  if (found === undefined) throw new TimeStampRefused(`it was signed with the hash ${digestAlgorithm.algorithm}`);
  return hash(found.name, content, 'buffer');
}

/** Of the attributes by the key. @throws TimeStampRefused for an algorithm that is not known to be strong */
export function isSigned(
  { signatureAlgorithm: { algorithm, parameters }, digestAlgorithm, signature }: SignerInfo,
  signed: Buffer,
  key: KeyObject,
): boolean {
  const value = Buffer.from(signature.buffer);
  const byHash = (name: string | undefined, more: object = {}): boolean => {
    if (name === undefined) throw new TimeStampRefused(`it was signed with the algorithm ${algorithm}`);
    return verify(name, signed, { key, ...more }, value);
  };
  if (hashless.has(algorithm)) return verify(null, signed, key, value);
  if (algorithm === rsaEncryption) return byHash(hashOf(digestAlgorithm.algorithm)?.name);
  if (algorithm !== rsaPss) return byHash(withHash.get(algorithm));
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
  return byHash(hashOfPss(parameters), padding);
}

/** RSASSA-PSS-params (RFC 4055, 3.1): the hash, which the mask takes as well; SHA-1 where none is named. */
function hashOfPss(parameters: ArrayBuffer | null | undefined): string | undefined {
  const [sequence] = readDerElements(Buffer.from(parameters ?? new ArrayBuffer(0)));
  const [named] = readDerElements(sequence?.content ?? Buffer.alloc(0));
  return named?.tag === 0xa0 ? hashIn(readDerElements(named.content)[0]?.content ?? Buffer.alloc(0))?.name : undefined;
}
