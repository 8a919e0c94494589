import * as pkcs11 from 'pkcs11js';
import { toTokenError } from './token-error.js';

/** A private RSA key of the token, with the certificate that lies beside it. */
export interface TokenKey {
  /** CKA_ID: the subject key identifier (RFC 5280, 4.2.1.2, method 1). */
  readonly id: Buffer;
  readonly label: string;
  readonly handle: pkcs11.Handle;
  readonly modulus: Buffer;
  /** DER; undefined for a key without a certificate. */
  readonly certificate: Buffer | undefined;
  /** DER of the issuer's Name and content octets of the serial number, when there is a certificate. */
  readonly issuer: Buffer | undefined;
  readonly serialNumber: Buffer | undefined;
}

/** How a recipient of an envelope names its key (RFC 5652, 6.2.1). */
export type KeySelector =
  | { readonly type: 'issuer-and-serial-number'; readonly issuer: Buffer; readonly serialNumber: Buffer }
  | { readonly type: 'subject-key-identifier'; readonly keyIdentifier: Buffer };

const pageSize = 64;

/** All keys of a token by the names recipients use; built in one pass, because searching a token costs more with every key. */
export class KeyIndex {
  private readonly byIdentifier = new Map<string, TokenKey>();
  private readonly byIssuerAndSerial = new Map<string, TokenKey>();

  constructor(readonly keys: readonly TokenKey[]) {
    for (const key of keys) {
      this.byIdentifier.set(key.id.toString('hex'), key);
      if (key.issuer === undefined || key.serialNumber === undefined) continue;
      this.byIssuerAndSerial.set(issuerAndSerial(key.issuer, key.serialNumber), key);
    }
  }

  find(selector: KeySelector): TokenKey | undefined {
    return selector.type === 'subject-key-identifier'
      ? this.byIdentifier.get(selector.keyIdentifier.toString('hex'))
      : this.byIssuerAndSerial.get(issuerAndSerial(selector.issuer, selector.serialNumber));
  }
}

const issuerAndSerial = (issuer: Buffer, serial: Buffer): string =>
  `${issuer.toString('hex')}:${serial.toString('hex')}`;

/** Reads every private RSA key and its certificate. @throws TokenError */
export function readKeys(library: pkcs11.PKCS11, session: pkcs11.Handle): TokenKey[] {
  try {
    const certificates = new Map(
      readCertificates(library, session).map(certificate => [certificate.id.toString('hex'), certificate]),
    );
    const template = [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
      { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_RSA },
    ];
    return findObjects(library, session, template).map(handle => {
      const [id, label, modulus] = attributes(library, session, handle, [
        pkcs11.CKA_ID,
        pkcs11.CKA_LABEL,
        pkcs11.CKA_MODULUS,
      ]);
      const certificate = certificates.get(id.toString('hex'));
      return {
        id,
        label: label.toString('utf8'),
        handle,
        modulus,
        certificate: certificate?.der,
        issuer: certificate?.issuer,
        serialNumber: certificate?.serialNumber,
      };
    });
  } catch (error) {
    throw toTokenError(error, 'reading the keys of the token');
  }
}

function readCertificates(library: pkcs11.PKCS11, session: pkcs11.Handle) {
  const template = [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_CERTIFICATE },
    { type: pkcs11.CKA_CERTIFICATE_TYPE, value: pkcs11.CKC_X_509 },
  ];
  return findObjects(library, session, template).map(handle => {
    const types = [pkcs11.CKA_ID, pkcs11.CKA_VALUE, pkcs11.CKA_ISSUER, pkcs11.CKA_SERIAL_NUMBER] as const;
    const [id, der, issuer, serial] = attributes(library, session, handle, types);
    return { id, der, issuer, serialNumber: integerContent(serial) };
  });
}

/** CKA_SERIAL_NUMBER is a DER INTEGER; recipients carry its content octets. */
function integerContent(der: Buffer): Buffer {
  return der[0] === 0x02 && der[1] === der.length - 2 ? der.subarray(2) : der;
}

function findObjects(library: pkcs11.PKCS11, session: pkcs11.Handle, template: pkcs11.Template): pkcs11.Handle[] {
  library.C_FindObjectsInit(session, template);
  try {
    const found: pkcs11.Handle[] = [];
    for (;;) {
      const page = library.C_FindObjects(session, pageSize);
      found.push(...page);
      if (page.length < pageSize) return found;
    }
  } finally {
    library.C_FindObjectsFinal(session);
  }
}

function attributes<const Types extends readonly number[]>(
  library: pkcs11.PKCS11,
  session: pkcs11.Handle,
  handle: pkcs11.Handle,
  types: Types,
): { [Index in keyof Types]: Buffer } {
  const result = library.C_GetAttributeValue(
    session,
    handle,
    types.map(type => ({ type })),
  );
  return result.map(attribute => Buffer.from(attribute.value)) as unknown as { [Index in keyof Types]: Buffer };
}
