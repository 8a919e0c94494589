import { createCipheriv, randomBytes } from 'node:crypto';
import * as pkcs11 from 'pkcs11js';
import { ckrOf } from '../errors/ckr-names.js';
import { harmlessFailures, isOneOf } from '../errors/token-error.js';
import type { TokenSession } from '../sessions/token-session.js';
import { rsaPrivateKeyOf, wipe } from './rsa-private-key.js';

/** CKM_AES_KEY_WRAP_KWP of PKCS#11 3.0: RFC 5649, as SoftHSM's CKM_AES_KEY_WRAP_PAD is. */
const keyWrapWithPadding = [0x210b, pkcs11.CKM_AES_KEY_WRAP_PAD];
const wrappingKeyBytes = 32;
/** RFC 5649, 3. */
const alternativeInitialValue = Buffer.from('a65959a6', 'hex');
/** What modules answer when they do not do it in this way; another way may be open. */
const declined: readonly string[] = [
  ...harmlessFailures,
  'CKR_ARGUMENTS_BAD',
  'CKR_WRAPPED_KEY_INVALID',
  'CKR_WRAPPED_KEY_LEN_RANGE',
  'CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT',
  'CKR_KEY_TYPE_INCONSISTENT',
];

/**
 * Makes a private key an object of the token. Best wrapped under a key made for this one import: the binding copies the
 * attributes of an object into memory that it does not overwrite, and wrapped bytes may lie there. A module that does
 * not unwrap keys gets the numbers themselves.
 * @param pkcs8 PrivateKeyInfo, DER; the caller overwrites it.
 */
export async function putPrivateKey(
  session: TokenSession,
  mechanisms: ReadonlySet<number>,
  pkcs8: Buffer,
  template: pkcs11.Template,
): Promise<pkcs11.Handle> {
  for (const mechanism of keyWrapWithPadding.filter(candidate => mechanisms.has(candidate))) {
    try {
      return await unwrapInto(session, mechanism, pkcs8, template);
    } catch (error) {
      if (!isOneOf(declined, ckrOf(error))) throw error;
    }
  }
  return createFromNumbers(session, pkcs8, template);
}

async function unwrapInto(
  session: TokenSession,
  mechanism: number,
  pkcs8: Buffer,
  template: pkcs11.Template,
): Promise<pkcs11.Handle> {
  const { library, handle } = session;
  const secret = randomBytes(wrappingKeyBytes);
  const cipher = createCipheriv('id-aes256-wrap-pad', secret, alternativeInitialValue);
  const wrapped = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
  let wrappingKey: pkcs11.Handle | undefined;
  try {
    wrappingKey = library.C_CreateObject(handle, [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
      { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_AES },
      { type: pkcs11.CKA_TOKEN, value: false },
      { type: pkcs11.CKA_PRIVATE, value: true },
      { type: pkcs11.CKA_SENSITIVE, value: true },
      { type: pkcs11.CKA_EXTRACTABLE, value: false },
      { type: pkcs11.CKA_UNWRAP, value: true },
      { type: pkcs11.CKA_VALUE, value: secret },
    ]);
    return await session.unwrapKey({ mechanism }, wrappingKey, wrapped, template);
  } finally {
    secret.fill(0);
    wrapped.fill(0);
    if (wrappingKey !== undefined) library.C_DestroyObject(handle, wrappingKey);
  }
}

function createFromNumbers({ library, handle }: TokenSession, pkcs8: Buffer, template: pkcs11.Template): pkcs11.Handle {
  const key = rsaPrivateKeyOf(pkcs8);
  try {
    return library.C_CreateObject(handle, [
      ...template,
      { type: pkcs11.CKA_MODULUS, value: key.modulus },
      { type: pkcs11.CKA_PUBLIC_EXPONENT, value: key.publicExponent },
      { type: pkcs11.CKA_PRIVATE_EXPONENT, value: key.privateExponent },
      { type: pkcs11.CKA_PRIME_1, value: key.prime1 },
      { type: pkcs11.CKA_PRIME_2, value: key.prime2 },
      { type: pkcs11.CKA_EXPONENT_1, value: key.exponent1 },
      { type: pkcs11.CKA_EXPONENT_2, value: key.exponent2 },
      { type: pkcs11.CKA_COEFFICIENT, value: key.coefficient },
    ]);
  } finally {
    wipe(key);
  }
}
