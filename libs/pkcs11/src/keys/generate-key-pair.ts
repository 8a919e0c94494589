import { randomBytes } from 'node:crypto';
import * as pkcs11 from 'pkcs11js';
import { TokenError } from '../errors/token-error.js';
import { quietly } from '../module/token-module.js';
import type { TokenSession } from '../sessions/token-session.js';
import { generatingMechanisms } from './key-pair-mechanisms.js';
import { privateKeyTemplate } from './key-templates.js';
import type { OfferedMechanisms } from './offered-mechanisms.js';
import { proveDecrypts, proveUnreadable } from './prove-key.js';
import { rsaPublicKey, subjectKeyIdentifier } from './subject-key-identifier.js';
import { readAttributes } from './token-objects.js';
import { allRefused, attempted, type Refusal } from './token-refusal.js';

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
const idBytes = 20;

/**
 * Makes a key pair inside the token: its private half has never been anywhere else. It is proven to be unreadable and to
 * decrypt before it counts; if anything fails, nothing remains.
 *
 * Its CKA_ID is random, since the identifier that its public key makes is not known beforehand; where a token lets it be
 * changed it becomes that, and elsewhere the key is found by its modulus.
 * @returns the subject key identifier, under which the key is found.
 * @throws TokenError refused with what the token answered, unsupported when it does not keep the key secret
 */
export async function generateKeyPair(
  session: TokenSession,
  offered: OfferedMechanisms,
  request: KeyPairRequest,
): Promise<Buffer> {
  const { library, handle } = session;
  const pair = await makePair(session, offered, request);
  try {
    const numbers = readAttributes(session, pair.publicKey, [pkcs11.CKA_MODULUS, pkcs11.CKA_PUBLIC_EXPONENT]);
    const [modulus, exponent] = numbers ?? [];
    if (modulus === undefined || exponent === undefined) {
      throw new TokenError('internal', 'the token does not show the public key that it made');
    }
    proveUnreadable(session, pair.privateKey);
    await proveDecrypts(session, pair.privateKey, rsaPublicKey(modulus, exponent), offered);
    const id = subjectKeyIdentifier(modulus, exponent);
    for (const object of [pair.publicKey, pair.privateKey]) {
      quietly(() => library.C_SetAttributeValue(handle, object, [{ type: pkcs11.CKA_ID, value: id }]));
    }
    return id;
  } catch (error) {
    for (const object of [pair.publicKey, pair.privateKey]) quietly(() => library.C_DestroyObject(handle, object));
    throw error;
  }
}

interface Templates {
  readonly name: string;
  readonly publicKey: pkcs11.Template;
  readonly privateKey: pkcs11.Template;
}

async function makePair(
  session: TokenSession,
  offered: OfferedMechanisms,
  request: KeyPairRequest,
): Promise<pkcs11.KeyPair> {
  const refusals: Refusal[] = [];
  for (const mechanism of generatingMechanisms(offered)) {
    for (const { name, publicKey, privateKey } of templatesOf(request)) {
      const outcome = await attempted(name, () =>
        session.generateKeyPair({ mechanism }, publicKey, privateKey, generationTimeoutMs),
      );
      if ('done' in outcome) return outcome.done;
      refusals.push(outcome);
    }
  }
  const advice = "make it with the token's own tool, or import one";
  throw allRefused('making a key pair', refusals, advice);
}

/** What is best first; then what tokens ask for that refuse public objects, or attributes that are false anyway. */
function templatesOf({ modulusBits, label, sign }: KeyPairRequest): Templates[] {
  const id = randomBytes(idBytes);
  const publicKey = (isPrivate: boolean): pkcs11.Template => [
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_PRIVATE, value: isPrivate },
    { type: pkcs11.CKA_ENCRYPT, value: true },
    { type: pkcs11.CKA_VERIFY, value: sign },
    { type: pkcs11.CKA_WRAP, value: false },
    { type: pkcs11.CKA_ID, value: id },
    { type: pkcs11.CKA_LABEL, value: label },
    { type: pkcs11.CKA_MODULUS_BITS, value: modulusBits },
    { type: pkcs11.CKA_PUBLIC_EXPONENT, value: publicExponent },
  ];
  const privateKey = privateKeyTemplate(id, label, { sign });
  return [
    { name: 'as wanted', publicKey: publicKey(false), privateKey },
    { name: 'with a private public key', publicKey: publicKey(true), privateKey },
    {
      name: 'with the fewest attributes',
      publicKey: fewest(publicKey(false)),
      privateKey: fewest(privateKey),
    },
    {
      name: 'with a private public key and the fewest attributes',
      publicKey: fewest(publicKey(true)),
      privateKey: fewest(privateKey),
    },
  ];
}

/** Without what is false anyway, which the proof of secrecy finds out, and without a use that nobody makes of the public key here. */
const fewest = (template: pkcs11.Template): pkcs11.Template =>
  template.filter(({ type, value }) => value !== false && type !== pkcs11.CKA_ENCRYPT);
