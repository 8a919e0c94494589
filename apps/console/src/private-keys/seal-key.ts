import { CompactEncrypt, importJWK } from 'jose';
import { KeyFileProblem } from './key-file-problem.js';

/** The public key of a vault, to which a private key is encrypted on its way there. */
export interface ImportKey {
  readonly vault: string;
  readonly publicKey: Readonly<Record<string, unknown>>;
}

export interface SealedKey {
  readonly vault: string;
  readonly jwe: string;
}

/**
 * Encrypts a private key to every vault (JWE, RFC 7516, with the cryptography of the browser): what leaves this page only a
 * vault can read.
 */
export function sealKey(pkcs8: Uint8Array, importKeys: readonly ImportKey[]): Promise<SealedKey[]> {
  return Promise.all(
    importKeys.map(async ({ vault, publicKey: { kty, crv, x, y } }) => {
      const recipient = await importJWK({ kty: String(kty), crv: String(crv), x: String(x), y: String(y) }, 'ECDH-ES');
      const jwe = await new CompactEncrypt(pkcs8)
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
        .encrypt(recipient);
      return { vault, jwe };
    }),
  );
}

/** @throws KeyFileProblem where the browser lends no cryptography: pages that did not come over HTTPS */
export function demandCryptography(): void {
  if (!isSecureContext) throw new KeyFileProblem('insecureContext');
}
