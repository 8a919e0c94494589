import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate,
} from '@peculiar/x509';
import { DerTag, readDerElements, type DerElement } from '#asn1';
import { readGeneralName, type GeneralName } from './general-name.js';
import { readNameConstraints, type NameConstraints } from './name-constraints.js';

/** What the extensions of a certificate say about paths it is part of (RFC 5280, 4.2). */
export interface CertificateExtensions {
  /** undefined without basicConstraints. */
  readonly basicConstraints: { readonly isAuthority: boolean; readonly pathLength: number | undefined } | undefined;
  /** undefined without keyUsage. */
  readonly keyUsage:
    { readonly certificateSigning: boolean; readonly keyEncipherment: boolean; readonly signing: boolean } | undefined;
  /** Object identifiers of the purposes; undefined without extendedKeyUsage. */
  readonly extendedKeyUsage: { readonly isCritical: boolean; readonly purposes: readonly string[] } | undefined;
  readonly nameConstraints: NameConstraints | undefined;
  readonly subjectAlternativeNames: readonly GeneralName[];
  /** keyIdentifier of authorityKeyIdentifier. */
  readonly authorityKeyIdentifier: Buffer | undefined;
  /** Object identifiers of critical extensions that are not processed here; extendedKeyUsage is among them. */
  readonly unknownCritical: readonly string[];
}

/** The extension that says what a key may be used for. */
export const extendedKeyUsageOid = '2.5.29.37';

const oids = {
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
} as const;

/**
 * Critical extensions whose meaning is honoured. Policies and extended key usage are not among them: no policy is asked
 * for, and an extended key usage that is critical restricts the key to purposes that encrypting recordings is none of;
 * who asks for another purpose looks at it.
 */
const processed: ReadonlySet<string> = new Set(Object.values(oids));

/**
 * Reads the extensions.
 * @throws RangeError when one is malformed or occurs twice (RFC 5280, 4.2).
 */
export function readCertificateExtensions(der: Buffer): CertificateExtensions {
  const { extensions } = new X509Certificate(der);
  const values = new Map<string, Buffer>();
  for (const { type, value } of extensions) {
    if (values.has(type)) throw new RangeError(`the extension ${type} occurs twice`);
    values.set(type, Buffer.from(value));
  }
  const find = <T>(kind: new (raw: Uint8Array<ArrayBuffer>) => T): T | undefined =>
    extensions.find((extension): extension is typeof extension & T => extension instanceof kind);
  const basicConstraints = find(BasicConstraintsExtension);
  const usages = find(KeyUsagesExtension)?.usages;
  const extendedKeyUsage = find(ExtendedKeyUsageExtension);
  const keyIdentifier = find(AuthorityKeyIdentifierExtension)?.keyId;
  return {
    basicConstraints: basicConstraints && { isAuthority: basicConstraints.ca, pathLength: basicConstraints.pathLength },
    keyUsage:
      usages === undefined
        ? undefined
        : {
            certificateSigning: (usages & KeyUsageFlags.keyCertSign) !== 0,
            keyEncipherment: (usages & KeyUsageFlags.keyEncipherment) !== 0,
            signing: (usages & (KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation)) !== 0,
          },
    extendedKeyUsage: extendedKeyUsage && {
      isCritical: extendedKeyUsage.critical,
      purposes: extendedKeyUsage.usages.map(String),
    },
    nameConstraints: mapValue(values.get(oids.nameConstraints), readNameConstraints),
    subjectAlternativeNames: mapValue(values.get(oids.subjectAlternativeName), readNames) ?? [],
    authorityKeyIdentifier: keyIdentifier === undefined ? undefined : Buffer.from(keyIdentifier, 'hex'),
    unknownCritical: extensions
      .filter(({ critical, type }) => critical && !processed.has(type))
      .map(({ type }) => type),
  };
}

function readNames(value: Buffer): GeneralName[] {
  const [names] = readDerElements(value);
  if (names?.tag !== DerTag.sequence) throw new RangeError('subjectAltName is no SEQUENCE');
  return readDerElements(names.content).map((name: DerElement) => readGeneralName(name));
}

const mapValue = <T>(value: Buffer | undefined, read: (value: Buffer) => T): T | undefined =>
  value === undefined ? undefined : read(value);
