import { createCipheriv, publicEncrypt, randomBytes } from 'node:crypto';
import * as pkcs11 from 'pkcs11js';
import { quietly } from '../module/token-module.js';
import type { TokenSession } from '../sessions/token-session.js';
import { mechanismOf } from '../unwrap/token-paddings.js';
import { generatingMechanisms } from './key-pair-mechanisms.js';
import type { OfferedMechanisms } from './offered-mechanisms.js';
import { rsaPrivateKeyOf, wipe } from './rsa-private-key.js';
import { rsaPublicKey } from './subject-key-identifier.js';
import { readAttributes } from './token-objects.js';
import { allRefused, attempted, type Refusal } from './token-refusal.js';

/** CKM_AES_KEY_WRAP_KWP of PKCS#11 3.0: RFC 5649, as SoftHSM's CKM_AES_KEY_WRAP_PAD is. */
const keyWrapWithPadding = [0x210b, pkcs11.CKM_AES_KEY_WRAP_PAD];
const wrappingKeyBytes = 32;
/** RFC 5649, 3. */
const alternativeInitialValue = Buffer.from('a65959a6', 'hex');
const keyPairTimeoutMs = 120_000;

interface Way {
  readonly name: string;
  readonly bring: () => Promise<pkcs11.Handle> | pkcs11.Handle;
}

/**
 * Makes a private key an object of the token, in the first way that is open. Best wrapped under a key made for this one
 * import: the binding copies the attributes of an object into memory that it does not overwrite, and wrapped bytes may lie
 * there. Tokens that take no secret in clear (FIPS 140 level 3) take the wrapping key under a public key of their own, or
 * make it themselves. A module that does not unwrap keys gets the numbers.
 * @param pkcs8 PrivateKeyInfo, DER; the caller overwrites it.
 * @throws TokenError refused when no way is open, unavailable when the token is gone
 */
export async function putPrivateKey(
  session: TokenSession,
  offered: OfferedMechanisms,
  pkcs8: Buffer,
  template: pkcs11.Template,
): Promise<pkcs11.Handle> {
  const refusals: Refusal[] = [];
  for (const { name, bring } of waysIn(session, offered, pkcs8, template)) {
    const outcome = await attempted(name, bring);
    if ('done' in outcome) return outcome.done;
    refusals.push(outcome);
  }
  const label = template.find(({ type }) => type === pkcs11.CKA_LABEL)?.value;
  const named = typeof label === 'string' ? ` with the label ${JSON.stringify(label)}` : '';
  const advice = `bring it with the token's own tool${named}, then import the certificate again: the key is found by its modulus`;
  throw allRefused('bringing the private key into the token', refusals, advice);
}

function waysIn(session: TokenSession, offered: OfferedMechanisms, pkcs8: Buffer, template: pkcs11.Template): Way[] {
  const unwraps = (mechanism: number): boolean => offered.allows(mechanism, pkcs11.CKF_UNWRAP);
  const wraps = keyWrapWithPadding.filter(unwraps);
  return [
    ...wraps.map(mechanism => ({
      name: 'unwrapping by a key that was given',
      bring: () =>
        withSecret(pkcs8, (wrapped, secret) =>
          underKey(session, mechanism, wrapped, template, () => givenKey(session, secret)),
        ),
    })),
    ...wraps
      .filter(() => unwraps(pkcs11.CKM_RSA_PKCS_OAEP))
      .map(mechanism => ({
        name: 'unwrapping under a public key of the token',
        bring: () =>
          withSecret(pkcs8, (wrapped, secret) =>
            underKey(session, mechanism, wrapped, template, () => keyUnderTokenKey(session, offered, secret)),
          ),
      })),
    ...wraps
      .filter(mechanism => offered.allows(mechanism, pkcs11.CKF_ENCRYPT))
      .map(mechanism => ({
        name: 'unwrapping by a key that was made there',
        bring: () => byKeyOfToken(session, mechanism, pkcs8, template),
      })),
    { name: 'C_CreateObject', bring: () => createFromNumbers(session, pkcs8, template) },
  ];
}

/** Wraps under a secret of this one import. */
async function withSecret<T>(pkcs8: Buffer, use: (wrapped: Buffer, secret: Buffer) => Promise<T>): Promise<T> {
  const secret = randomBytes(wrappingKeyBytes);
  const cipher = createCipheriv('id-aes256-wrap-pad', secret, alternativeInitialValue);
  const wrapped = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
  try {
    return await use(wrapped, secret);
  } finally {
    secret.fill(0);
    wrapped.fill(0);
  }
}

async function underKey(
  session: TokenSession,
  mechanism: number,
  wrapped: Buffer,
  template: pkcs11.Template,
  makeKey: () => Promise<pkcs11.Handle> | pkcs11.Handle,
): Promise<pkcs11.Handle> {
  const wrappingKey = await makeKey();
  try {
    return await session.unwrapKey({ mechanism }, wrappingKey, wrapped, template);
  } finally {
    // It ends with the session at the latest, and what came into the token by it counts.
    quietly(() => session.library.C_DestroyObject(session.handle, wrappingKey));
  }
}

const wrappingKeyTemplate: pkcs11.Template = [
  { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
  { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_AES },
  { type: pkcs11.CKA_TOKEN, value: false },
  { type: pkcs11.CKA_PRIVATE, value: true },
  { type: pkcs11.CKA_SENSITIVE, value: true },
  { type: pkcs11.CKA_EXTRACTABLE, value: false },
  { type: pkcs11.CKA_UNWRAP, value: true },
];

const givenKey = ({ library, handle }: TokenSession, secret: Buffer): pkcs11.Handle =>
  library.C_CreateObject(handle, [...wrappingKeyTemplate, { type: pkcs11.CKA_VALUE, value: secret }]);

/** The secret comes in under a key pair that the token makes for it (RFC 8017, 7.1, with SHA-1, which all know). */
async function keyUnderTokenKey(
  session: TokenSession,
  offered: OfferedMechanisms,
  secret: Buffer,
): Promise<pkcs11.Handle> {
  const pair = await session.generateKeyPair(
    { mechanism: generatingMechanisms(offered)[0] },
    [
      { type: pkcs11.CKA_TOKEN, value: false },
      { type: pkcs11.CKA_WRAP, value: true },
      { type: pkcs11.CKA_MODULUS_BITS, value: 2048 },
      { type: pkcs11.CKA_PUBLIC_EXPONENT, value: Buffer.of(1, 0, 1) },
    ],
    [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
      { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_RSA },
      { type: pkcs11.CKA_TOKEN, value: false },
      { type: pkcs11.CKA_PRIVATE, value: true },
      { type: pkcs11.CKA_SENSITIVE, value: true },
      { type: pkcs11.CKA_UNWRAP, value: true },
    ],
    keyPairTimeoutMs,
  );
  try {
    const [modulus, exponent] =
      readAttributes(session, pair.publicKey, [pkcs11.CKA_MODULUS, pkcs11.CKA_PUBLIC_EXPONENT]) ?? [];
    const publicKey = rsaPublicKey(modulus ?? Buffer.alloc(0), exponent ?? Buffer.alloc(0));
    const scheme = { scheme: 'rsaes-oaep', hash: 'sha1', mgfHash: 'sha1', label: Buffer.alloc(0) } as const;
    const encrypted = publicEncrypt({ key: publicKey, oaepHash: 'sha1' }, secret);
    return await session.unwrapKey(mechanismOf(scheme), pair.privateKey, encrypted, wrappingKeyTemplate);
  } finally {
    for (const object of [pair.publicKey, pair.privateKey]) {
      quietly(() => session.library.C_DestroyObject(session.handle, object));
    }
  }
}

/** The token makes the wrapping key, wraps what it is given by C_Encrypt, and unwraps it as a key. */
async function byKeyOfToken(
  session: TokenSession,
  mechanism: number,
  pkcs8: Buffer,
  template: pkcs11.Template,
): Promise<pkcs11.Handle> {
  const { library, handle } = session;
  const wrappingKey = library.C_GenerateKey(handle, { mechanism: pkcs11.CKM_AES_KEY_GEN }, [
    ...wrappingKeyTemplate,
    { type: pkcs11.CKA_ENCRYPT, value: true },
    { type: pkcs11.CKA_VALUE_LEN, value: wrappingKeyBytes },
  ]);
  try {
    library.C_EncryptInit(handle, { mechanism }, wrappingKey);
    const wrapped = library.C_Encrypt(handle, pkcs8, Buffer.alloc(pkcs8.length + 16));
    return await session.unwrapKey({ mechanism }, wrappingKey, wrapped, template);
  } finally {
    quietly(() => library.C_DestroyObject(handle, wrappingKey));
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
