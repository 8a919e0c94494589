import type { CertificateNames } from './certificate-names.js';
import { subjectKeyIdentifier } from './subject-key-identifier.js';
import type { KeySelector, TokenKey } from './token-key.js';
import type { CertificateObject, KeyObjects, PrivateKeyObject } from './read-keys.js';

/** All keys of a token by every name a recipient may use. */
export class KeyIndex {
  readonly keys: readonly TokenKey[];
  private readonly byIdentifier = new Map<string, TokenKey>();
  private readonly byIssuerAndSerial = new Map<string, TokenKey>();

  constructor(objects: KeyObjects) {
    const certificates = new Map<string, CertificateObject[]>();
    for (const certificate of objects.certificates) {
      const id = certificate.id.toString('hex');
      certificates.set(id, [...(certificates.get(id) ?? []), certificate]);
    }
    this.keys = objects.privateKeys.flatMap(key => this.add(key, certificates.get(key.id.toString('hex')) ?? []));
  }

  find(selector: KeySelector): TokenKey | undefined {
    return selector.type === 'subject-key-identifier'
      ? this.byIdentifier.get(selector.keyIdentifier.toString('hex'))
      : this.byIssuerAndSerial.get(issuerAndSerial(selector));
  }

  private add(key: PrivateKeyObject, certificates: readonly CertificateObject[]): TokenKey[] {
    const views = certificates.length === 0 ? [tokenKey(key)] : certificates.map(beside => tokenKey(key, beside));
    views.forEach((view, index) => {
      const names = certificates[index]?.names;
      if (names !== undefined) this.byIssuerAndSerial.set(issuerAndSerial(names), view);
      for (const identifier of [view.id, key.id, names?.subjectKeyIdentifier]) {
        const name = identifier?.toString('hex');
        if (name !== undefined && !this.byIdentifier.has(name)) this.byIdentifier.set(name, view);
      }
    });
    return views;
  }
}

function tokenKey(key: PrivateKeyObject, certificate?: CertificateObject): TokenKey {
  const { handle, modulus, publicExponent } = key;
  return {
    id: subjectKeyIdentifier(modulus, publicExponent),
    label: certificate === undefined || certificate.label === '' ? key.label : certificate.label,
    handle,
    modulus,
    publicExponent,
    certificate: certificate?.der,
    issuer: certificate?.names.issuer,
    serialNumber: certificate?.names.serialNumber,
  };
}

const issuerAndSerial = ({ issuer, serialNumber }: Pick<CertificateNames, 'issuer' | 'serialNumber'>): string =>
  `${issuer.toString('hex')}:${serialNumber.toString('hex')}`;
