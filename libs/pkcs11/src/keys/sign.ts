import { createHash } from 'node:crypto';
import * as pkcs11 from 'pkcs11js';
import { ckrOf } from '../errors/ckr-names.js';
import { TokenError } from '../errors/token-error.js';
import type { TokenSession } from '../sessions/token-session.js';
import { derEncode } from '#asn1';
import type { TokenKey } from './token-key.js';

export type SignatureHash = 'sha256' | 'sha384' | 'sha512';

const sequence = 0x30;
const octetString = 0x04;
/** AlgorithmIdentifier of each hash with NULL parameters (RFC 8017, 9.2, note 1). */
const algorithms: Readonly<Record<SignatureHash, Buffer>> = {
  sha256: Buffer.from('300d06096086480165030402010500', 'hex'),
  sha384: Buffer.from('300d06096086480165030402020500', 'hex'),
  sha512: Buffer.from('300d06096086480165030402030500', 'hex'),
};

/**
 * RSASSA-PKCS1-v1_5 (RFC 8017, 8.2), for certificate requests; hashed here, since every module signs a DigestInfo.
 * @throws TokenError refused for a key that may not sign
 */
export async function sign(session: TokenSession, key: TokenKey, hash: SignatureHash, data: Buffer): Promise<Buffer> {
  const digest = createHash(hash).update(data).digest();
  const digestInfo = derEncode(sequence, algorithms[hash], derEncode(octetString, digest));
  try {
    return await session.sign({ mechanism: pkcs11.CKM_RSA_PKCS }, key.handle, digestInfo, key.modulus.length);
  } catch (error) {
    const ckr = ckrOf(error);
    if (ckr !== 'CKR_KEY_FUNCTION_NOT_PERMITTED') throw error;
    throw new TokenError('refused', 'this key does not sign: only one that was made in the token does', { ckr });
  }
}
