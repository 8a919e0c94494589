import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import type * as pkcs11 from 'pkcs11js';
import { TokenError } from '../errors/token-error.js';
import { quietly } from '../module/token-module.js';
import type { TokenSession } from '../sessions/token-session.js';
import type { CertificateDirectory } from './certificate-directory.js';
import { tieCertificates } from './certificate-ties.js';
import { mayServe, ownerOf } from './key-owner.js';
import { privateKeyTemplate, type CertificateToStore } from './key-templates.js';
import type { OfferedMechanisms } from './offered-mechanisms.js';
import { proveDecrypts, proveUnreadable } from './prove-key.js';
import { putCertificate } from './put-certificate.js';
import { putPrivateKey } from './put-private-key.js';
import type { KeyObjects } from './read-keys.js';
import { withoutLeadingZeros } from './subject-key-identifier.js';

export interface KeyPairImport extends CertificateToStore {
  /** Unencrypted PKCS#8 DER; the caller zeroes it. */
  readonly pkcs8: Buffer;
}

const minimumModulusBits = 2048;

/**
 * Makes sure that private key and certificate are in the token; what is there already is left alone. A new key is
 * proven to be unreadable and to decrypt before it counts; if anything fails, nothing remains.
 * @returns whether the key was created.
 * @throws TokenError refused when the pair cannot be used.
 */
export async function importKeyPair(
  session: TokenSession,
  offered: OfferedMechanisms,
  present: KeyObjects,
  pair: KeyPairImport,
  directory: CertificateDirectory | undefined,
): Promise<boolean> {
  const publicKey = checkedPublicKey(pair);
  requireFreeName(present, pair.label, publicKey);
  const keyIsThere = hasKey(present, publicKey, pair.label);
  const certificateIsThere = hasCertificate(present, pair);
  const made: pkcs11.Handle[] = [];
  try {
    if (!keyIsThere) {
      const template = privateKeyTemplate(pair.keyIdentifier, pair.label, { sign: false });
      const key = await putPrivateKey(session, offered, pair.pkcs8, template);
      made.push(key);
      proveUnreadable(session, key);
      await proveDecrypts(session, key, publicKey, offered);
    }
    if (!certificateIsThere) await putCertificate(session, pair, { present, keyIsNew: !keyIsThere, directory });
    return !keyIsThere;
  } catch (error) {
    for (const object of made) quietly(() => session.library.C_DestroyObject(session.handle, object));
    throw error;
  }
}

/**
 * Whether the certificate is in the token under this label.
 * @throws TokenError refused when its owner has it under another one: two names for one thing. Another owner may have it
 *   as well, and neither learns of it.
 */
export function hasCertificate(present: KeyObjects, { certificateDer, label }: CertificateToStore): boolean {
  const same = present.certificates.filter(({ der }) => der.equals(certificateDer));
  if (same.some(one => one.label === label)) return true;
  const twin = same.find(one => ownerOf(one.label) === ownerOf(label));
  if (twin === undefined) return false;
  const name = twin.label.slice(ownerOf(twin.label).length);
  throw new TokenError(
    'refused',
    `the certificate is in the token already, under another name: ${JSON.stringify(name)}`,
  );
}

/** Whether the key, by its modulus, is there for the owner of the label or for nobody. */
function hasKey(present: KeyObjects, publicKey: KeyObject, label: string): boolean {
  const modulus = modulusOf(publicKey);
  const owner = ownerOf(label);
  return tieCertificates(present).some(
    ({ key, certificates }) =>
      key.modulus.equals(modulus) &&
      (certificates.length === 0 || ownerOf(key.label) === owner ? [key] : certificates).some(object =>
        mayServe(object.label, owner),
      ),
  );
}

/** @throws TokenError refused when another key has the name: an alias must mean one key. */
function requireFreeName({ privateKeys, certificates }: KeyObjects, label: string, publicKey: KeyObject): void {
  const modulus = modulusOf(publicKey);
  const isAnother = (theirs: Buffer | undefined): boolean => theirs?.equals(modulus) !== true;
  const taken =
    privateKeys.some(key => key.label === label && isAnother(key.modulus)) ||
    certificates.some(({ label: theirs, names }) => theirs === label && isAnother(names.modulus));
  if (!taken) return;
  throw new TokenError('refused', 'the token holds another key of this name already: choose another name');
}

const modulusOf = (publicKey: KeyObject): Buffer =>
  withoutLeadingZeros(Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url'));

function checkedPublicKey({ pkcs8, certificateDer }: KeyPairImport): KeyObject {
  const publicKey = readPublicKey(pkcs8);
  if (publicKey.asymmetricKeyType !== 'rsa') throw new TokenError('refused', 'the private key is no RSA key');
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < minimumModulusBits) {
    throw new TokenError('refused', `the RSA key has ${bits} bits, at least ${minimumModulusBits} are needed`);
  }
  if (!new X509Certificate(certificateDer).publicKey.equals(publicKey)) {
    throw new TokenError('refused', 'the private key does not belong to the certificate');
  }
  return publicKey;
}

function readPublicKey(pkcs8: Buffer): KeyObject {
  try {
    return createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
  } catch {
    // Without a cause: it could quote the key.
    throw new TokenError('refused', 'the private key cannot be read as PKCS#8');
  }
}
