import 'reflect-metadata';
import { webcrypto, type KeyObject } from 'node:crypto';
import { CertificateError } from '../certificate-error.js';

/** A private key that is somewhere else, as in a token: it signs with RSASSA-PKCS1-v1_5 and SHA-256 and is never seen. */
export interface ExternalSigner {
  readonly publicKey: KeyObject;
  /** The signature of `message`, which it hashes itself. */
  sign(message: Buffer): Promise<Buffer>;
}

/** RFC 8017, 8.2 */
export const signingAlgorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** What the generators of @peculiar/x509 take for a key pair, and a WebCrypto that signs with it. */
export interface SigningParts {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly crypto: webcrypto.Crypto;
}

/** @throws CertificateError for a key that is no RSA key */
export async function signingParts(signer: ExternalSigner): Promise<SigningParts> {
  if (signer.publicKey.asymmetricKeyType !== 'rsa') {
    throw new CertificateError('PRIVATE_KEY_NOT_RSA', 'only RSA keys sign certificates here');
  }
  const spki = signer.publicKey.export({ format: 'der', type: 'spki' });
  const publicKey = await webcrypto.subtle.importKey('spki', spki, signingAlgorithm, true, ['verify']);
  const privateKey = { type: 'private', algorithm: signingAlgorithm, extractable: false, usages: ['sign'] };
  const subtle = {
    exportKey: (format: 'spki', key: webcrypto.CryptoKey) => webcrypto.subtle.exportKey(format, key),
    sign: async (_algorithm: unknown, _key: unknown, message: ArrayBuffer) =>
      arrayBufferOf(await signer.sign(Buffer.from(message))),
    digest: webcrypto.subtle.digest.bind(webcrypto.subtle),
  };
  return {
    keys: { publicKey, privateKey: privateKey as unknown as webcrypto.CryptoKey },
    crypto: { subtle, getRandomValues: webcrypto.getRandomValues.bind(webcrypto) } as unknown as webcrypto.Crypto,
  };
}

function arrayBufferOf(bytes: Buffer): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}
