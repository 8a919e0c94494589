import { createPrivateKey } from 'node:crypto';
import { TokenError } from '../errors/token-error.js';
import { readDerElements } from '#asn1';
import { withoutLeadingZeros } from './subject-key-identifier.js';

/** The numbers of an RSA private key, big-endian (RFC 8017, A.1.2). All are secret but the first two. */
export interface RsaPrivateKey {
  readonly modulus: Buffer;
  readonly publicExponent: Buffer;
  readonly privateExponent: Buffer;
  readonly prime1: Buffer;
  readonly prime2: Buffer;
  readonly exponent1: Buffer;
  readonly exponent2: Buffer;
  readonly coefficient: Buffer;
}

const fields = [
  'modulus',
  'publicExponent',
  'privateExponent',
  'prime1',
  'prime2',
  'exponent1',
  'exponent2',
  'coefficient',
] as const;

/**
 * Takes the numbers out of an unencrypted PKCS#8 key. The result must be wiped with `wipe`.
 * @throws TokenError refused
 */
export function rsaPrivateKeyOf(pkcs8: Buffer): RsaPrivateKey {
  let pkcs1: Buffer;
  try {
    pkcs1 = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'der', type: 'pkcs1' });
  } catch {
    // Without a cause: it could quote the key.
    throw new TokenError('refused', 'the private key is no RSA key in PKCS#8 form');
  }
  try {
    const [, ...integers] = readIntegers(pkcs1);
    return Object.fromEntries(fields.map((name, index) => [name, integers[index]])) as unknown as RsaPrivateKey;
  } finally {
    pkcs1.fill(0);
  }
}

export function wipe(key: RsaPrivateKey): void {
  for (const name of fields) key[name].fill(0);
}

/** The INTEGERs of an RSAPrivateKey (RFC 8017, A.1.2) as unsigned numbers, copied. The DER comes from OpenSSL itself. */
function readIntegers(der: Buffer): Buffer[] {
  const [privateKey] = readDerElements(der);
  return readDerElements(privateKey?.content ?? Buffer.alloc(0)).map(({ content }) =>
    Buffer.from(withoutLeadingZeros(content)),
  );
}
