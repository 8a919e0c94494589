import { canonicalIssuerAndSerialNumber, type IssuerAndSerialNumber } from '#asn1';
import { bearsOwnLabel, tieCertificates, type TiedKey } from './certificate-ties.js';
import type { CertificateObject, KeyObjects, PrivateKeyObject } from './read-keys.js';
import type { KeySelector, TokenKey } from './token-key.js';

/**
 * All keys of a token by every name a recipient may use. A name is no proof of a key: authorities issue a serial number
 * twice, certificates claim any identifier, so every name leads to all keys that bear it.
 */
export class KeyIndex {
  readonly keys: readonly TokenKey[];
  /** By what their public keys make their identifier. */
  private readonly byOwnIdentifier = new NameTable();
  /** By what certificates or other tools call their identifier. */
  private readonly byClaimedIdentifier = new NameTable();
  private readonly byIssuerAndSerial = new NameTable();
  private readonly byCanonicalName = new NameTable();

  constructor(objects: KeyObjects) {
    this.keys = tieCertificates(objects).flatMap(tied => this.add(tied));
  }

  /** All keys that bear a name, the likeliest first: who has it for certain, or to the letter, before who claims it. */
  find(selector: KeySelector): readonly TokenKey[] {
    if (selector.type === 'subject-key-identifier') {
      const name = selector.keyIdentifier.toString('hex');
      return united(this.byOwnIdentifier.of(name), this.byClaimedIdentifier.of(name));
    }
    const exact = this.byIssuerAndSerial.of(issuerAndSerial(selector));
    const [first] = exact;
    // One certificate with this very name knows the canonical form already.
    const canonical = first?.canonicalName ?? canonicalIssuerAndSerialNumber(selector);
    return united(exact, this.byCanonicalName.of(canonical));
  }

  /** The key itself, as its modulus makes it: under this label where it has several, never by a claim. */
  present({ id, label }: PresentKey): TokenKey | undefined {
    const views = this.byOwnIdentifier.of(id.toString('hex'));
    return views.find(view => view.label === label) ?? views[0];
  }

  private add(tied: TiedKey): TokenKey[] {
    const { key, certificates } = tied;
    const views = certificates.map(certificate => tokenKey(key, certificate));
    if (bearsOwnLabel(tied)) views.push(tokenKey(key));
    views.forEach((view, index) => {
      const names = certificates[index]?.names;
      this.byOwnIdentifier.add(view.id, view);
      for (const claimed of [names?.subjectKeyIdentifier, key.id]) {
        if (claimed !== undefined && claimed.length > 0) this.byClaimedIdentifier.add(claimed, view);
      }
      if (names === undefined) return;
      this.byIssuerAndSerial.add(issuerAndSerial(names), view);
      this.byCanonicalName.add(names.canonicalName, view);
    });
    return views;
  }
}

/** Names a key that was found before; under which of its labels matters where several owners have it. */
export interface PresentKey {
  /** Its own identifier. */
  readonly id: Buffer;
  readonly label?: string;
}

/** Keys by name, in the order in which they came. */
class NameTable {
  private readonly keys = new Map<string, TokenKey[]>();

  of(name: string): readonly TokenKey[] {
    return this.keys.get(name) ?? [];
  }

  add(name: string | Buffer, key: TokenKey): void {
    const text = typeof name === 'string' ? name : name.toString('hex');
    const known = this.keys.get(text);
    if (known === undefined) this.keys.set(text, [key]);
    else if (!known.includes(key)) known.push(key);
  }
}

/** Nearly always there is one key, and nothing to unite. */
function united(first: readonly TokenKey[], then: readonly TokenKey[]): readonly TokenKey[] {
  if (then.every(key => first.includes(key))) return first;
  return [...new Set([...first, ...then])];
}

function tokenKey(key: PrivateKeyObject, certificate?: CertificateObject): TokenKey {
  const { handle, modulus, publicExponent, identifier } = key;
  return {
    id: identifier,
    label: certificate === undefined || certificate.label === '' ? key.label : certificate.label,
    handle,
    modulus,
    publicExponent,
    certificate: certificate?.der,
    issuer: certificate?.names.issuer,
    serialNumber: certificate?.names.serialNumber,
    canonicalName: certificate?.names.canonicalName,
  };
}

const issuerAndSerial = ({ issuer, serialNumber }: IssuerAndSerialNumber): string =>
  `${issuer.toString('hex')}:${serialNumber.toString('hex')}`;
