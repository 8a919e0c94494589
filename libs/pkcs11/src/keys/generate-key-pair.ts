import * as pkcs11 from 'pkcs11js';
import { TokenError } from '../errors/token-error.js';
import { quietly } from '../module/token-module.js';
import type { TokenSession } from '../sessions/token-session.js';
import { privateKeyTemplate } from './key-templates.js';
import { proveDecrypts, proveUnreadable } from './prove-key.js';
import { rsaPublicKey, subjectKeyIdentifier } from './subject-key-identifier.js';
import { readAttributes } from './token-objects.js';

export interface KeyPairRequest {
  readonly modulusBits: 2048 | 3072 | 4096;
  /** `<contact center>/<alias>` */
  readonly label: string;
  /** Whether the key may sign: certificate requests are signed with the key that they are for. */
  readonly sign: boolean;
}

const publicExponent = Buffer.of(1, 0, 1);
/** Two large primes are a matter of luck. */
const generationTimeoutMs = 120_000;

/**
 * Makes a key pair inside the token: its private half has never been anywhere else. It is proven to be unreadable and to
 * decrypt before it counts; if anything fails, nothing remains.
 * @returns the subject key identifier, under which the key is found.
 */
export async function generateKeyPair(
  session: TokenSession,
  { modulusBits, label, sign }: KeyPairRequest,
): Promise<Buffer> {
  const { library, handle } = session;
  const pair = await session.generateKeyPair(
    { mechanism: pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN },
    [
      { type: pkcs11.CKA_TOKEN, value: true },
      { type: pkcs11.CKA_PRIVATE, value: false },
      { type: pkcs11.CKA_ENCRYPT, value: true },
      { type: pkcs11.CKA_VERIFY, value: sign },
      { type: pkcs11.CKA_WRAP, value: false },
      { type: pkcs11.CKA_LABEL, value: label },
      { type: pkcs11.CKA_MODULUS_BITS, value: modulusBits },
      { type: pkcs11.CKA_PUBLIC_EXPONENT, value: publicExponent },
    ],
    privateKeyTemplate(Buffer.alloc(0), label, { sign }),
    generationTimeoutMs,
  );
  try {
    const numbers = readAttributes(session, pair.publicKey, [pkcs11.CKA_MODULUS, pkcs11.CKA_PUBLIC_EXPONENT]);
    const [modulus, exponent] = numbers ?? [];
    if (modulus === undefined || exponent === undefined) {
      throw new TokenError('internal', 'the token does not show the public key that it made');
    }
    proveUnreadable(session, pair.privateKey);
    await proveDecrypts(session, pair.privateKey, rsaPublicKey(modulus, exponent));
    const id = subjectKeyIdentifier(modulus, exponent);
    for (const object of [pair.publicKey, pair.privateKey]) {
      library.C_SetAttributeValue(handle, object, [{ type: pkcs11.CKA_ID, value: id }]);
    }
    return id;
  } catch (error) {
    for (const object of [pair.publicKey, pair.privateKey]) quietly(() => library.C_DestroyObject(handle, object));
    throw error;
  }
}
