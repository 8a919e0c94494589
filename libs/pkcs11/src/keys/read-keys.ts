import * as pkcs11 from 'pkcs11js';
import type { TokenSession } from '../sessions/token-session.js';
import { certificateNames, type CertificateNames } from './certificate-names.js';
import { subjectKeyIdentifier, withoutLeadingZeros } from './subject-key-identifier.js';
import { findObjects, readAttributes } from './token-objects.js';

/** A private key object, by what it shows. */
export interface PrivateKeyObject {
  readonly handle: pkcs11.Handle;
  /** CKA_ID, which other tools may have given to several keys. */
  readonly id: Buffer;
  readonly label: string;
  readonly modulus: Buffer;
  readonly publicExponent: Buffer;
  /** What the public key makes its subject key identifier (RFC 5280, 4.2.1.2, method 1). */
  readonly identifier: Buffer;
}

export interface CertificateObject {
  /** Undefined where it lies in the directory of certificates, because the token keeps none. */
  readonly handle: pkcs11.Handle | undefined;
  readonly id: Buffer;
  readonly label: string;
  readonly der: Buffer;
  readonly names: CertificateNames;
}

/** Where certificates lie that the token does not keep. */
export interface CertificatesElsewhere {
  /** Those of these keys; the same objects as before where nothing changed. */
  of(privateKeys: readonly PrivateKeyObject[]): readonly CertificateObject[];
}

export interface KeyObjects {
  readonly privateKeys: readonly PrivateKeyObject[];
  readonly certificates: readonly CertificateObject[];
}

const {
  CKA_CERTIFICATE_TYPE,
  CKA_CLASS,
  CKA_ID,
  CKA_KEY_TYPE,
  CKA_LABEL,
  CKA_MODULUS,
  CKA_PUBLIC_EXPONENT,
  CKA_VALUE,
} = pkcs11;
const privateKeyTemplate = [
  { type: CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
  { type: CKA_KEY_TYPE, value: pkcs11.CKK_RSA },
];
const certificateTemplate = [
  { type: CKA_CLASS, value: pkcs11.CKO_CERTIFICATE },
  { type: CKA_CERTIFICATE_TYPE, value: pkcs11.CKC_X_509 },
];
/** What nearly every RSA key has, for tokens that keep it only in the public key object. */
const usualExponent = Buffer.of(1, 0, 1);

/**
 * Reads the objects of a token in one pass and remembers them by handle, so that another pass costs two searches and
 * the attributes of new objects only: searching costs more with every object, and 300 keys are not rare.
 */
export class KeyReader {
  private readonly privateKeys = new Map<string, PrivateKeyObject>();
  private readonly certificates = new Map<string, CertificateObject>();

  constructor(private readonly elsewhere: CertificatesElsewhere | undefined) {}

  /** @throws TokenError refused when the directory of certificates cannot be read */
  read(session: TokenSession): KeyObjects {
    const privateKeys = readNew(session, privateKeyTemplate, this.privateKeys, readPrivateKey);
    const certificates = readNew(session, certificateTemplate, this.certificates, readCertificate);
    return { privateKeys, certificates: [...certificates, ...this.keptElsewhere(privateKeys, certificates)] };
  }

  /** Without those that the token has as well, as one that keeps certificates since its last update. */
  private keptElsewhere(
    privateKeys: readonly PrivateKeyObject[],
    certificates: readonly CertificateObject[],
  ): CertificateObject[] {
    const kept = this.elsewhere?.of(privateKeys) ?? [];
    return kept.filter(one => !certificates.some(({ label, der }) => label === one.label && der.equals(one.der)));
  }

  /** After a new login, or when a handle turned out to be stale, all handles may mean something else. */
  forget(): void {
    this.privateKeys.clear();
    this.certificates.clear();
  }
}

/**
 * What shows nothing yet, or has no CKA_ID, may be in the making, here or in another process: tokens show objects before
 * all their attributes are there. It is looked at again.
 */
function readNew<T extends { readonly id: Buffer }>(
  session: TokenSession,
  template: pkcs11.Template,
  known: Map<string, T>,
  readObject: (session: TokenSession, handle: pkcs11.Handle) => T | undefined,
): T[] {
  const handles = new Map(findObjects(session, template).map(handle => [handle.toString('hex'), handle]));
  for (const name of known.keys()) if (!handles.has(name)) known.delete(name);
  const inTheMaking: T[] = [];
  for (const [name, handle] of handles) {
    if (known.has(name)) continue;
    const object = readObject(session, handle);
    if (object === undefined) continue;
    if (object.id.length === 0) inTheMaking.push(object);
    else known.set(name, object);
  }
  return [...known.values(), ...inTheMaking];
}

/** Undefined for a key that shows too little to be found by a recipient. */
function readPrivateKey(session: TokenSession, handle: pkcs11.Handle): PrivateKeyObject | undefined {
  const attributes = readAttributes(session, handle, [CKA_ID, CKA_LABEL, CKA_MODULUS, CKA_PUBLIC_EXPONENT]);
  const [id, label, modulus, exponent] = attributes ?? [];
  if (modulus === undefined || modulus.length === 0) return undefined;
  const numbers = {
    modulus: withoutLeadingZeros(modulus),
    publicExponent: exponent === undefined || exponent.length === 0 ? usualExponent : exponent,
  };
  return {
    handle,
    id: id ?? Buffer.alloc(0),
    label: label?.toString('utf8') ?? '',
    ...numbers,
    identifier: subjectKeyIdentifier(numbers.modulus, numbers.publicExponent),
  };
}

function readCertificate(session: TokenSession, handle: pkcs11.Handle): CertificateObject | undefined {
  const [id, label, der] = readAttributes(session, handle, [CKA_ID, CKA_LABEL, CKA_VALUE]) ?? [];
  const names = der === undefined ? undefined : certificateNames(der);
  if (der === undefined || names === undefined) return undefined;
  return { handle, id: id ?? Buffer.alloc(0), label: label?.toString('utf8') ?? '', der, names };
}
