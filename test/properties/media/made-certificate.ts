import { createHash, randomBytes, sign } from 'node:crypto';
import type { KeyPair } from './key-pairs.js';
import { der, integer, nothing, octets, oid, sequence, set, small } from './der.js';

export interface CertificateWishes {
  readonly pair: KeyPair;
  /** Common name of subject and issuer. */
  readonly name: string;
  /** The issuer in DER, instead. */
  readonly issuer?: Buffer;
  readonly serialNumber?: Buffer;
  /** What the certificate claims to be the identifier of its key; the true one when absent. */
  readonly keyIdentifier?: Buffer;
}

export interface MadeCertificate {
  readonly pair: KeyPair;
  readonly pem: string;
  readonly der: Buffer;
  readonly issuer: Buffer;
  readonly serialNumber: Buffer;
  readonly keyIdentifier: Buffer;
}

const sha256WithRsa = sequence(oid('1.2.840.113549.1.1.11'), nothing);

/** A self-signed certificate whose names may be anybody's: nothing in an envelope says who was first. */
export function makeCertificate({ pair, name, ...wishes }: CertificateWishes): MadeCertificate {
  const issuer = wishes.issuer ?? distinguishedName(name);
  const serialNumber = wishes.serialNumber ?? randomBytes(12);
  const keyIdentifier = wishes.keyIdentifier ?? trueKeyIdentifier(pair);
  const content = sequence(
    der(0xa0, small(2)),
    integer(serialNumber),
    sha256WithRsa,
    issuer,
    sequence(time(-86_400_000), time(3650 * 86_400_000)),
    issuer,
    pair.publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(sequence(oid('2.5.29.14'), octets(octets(keyIdentifier))))),
  );
  const signature = sign('sha256', content, pair.privateKey);
  const certificate = sequence(content, sha256WithRsa, der(0x03, Buffer.from([0]), signature));
  const base64 = certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  const pem = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
  return { pair, pem, der: certificate, issuer, serialNumber, keyIdentifier };
}

/** RFC 5280 section 4.2.1.2, method 1. */
export function trueKeyIdentifier({ publicKey }: KeyPair): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ format: 'der', type: 'pkcs1' }))
    .digest();
}

export function distinguishedName(commonName: string): Buffer {
  const attribute = (type: string, tag: number, value: string): Buffer =>
    set(sequence(oid(type), der(tag, Buffer.from(value))));
  return sequence(
    attribute('2.5.4.6', 0x13, 'US'),
    attribute('2.5.4.10', 0x0c, 'Genesys'),
    attribute('2.5.4.3', 0x0c, commonName),
  );
}

function time(fromNowMs: number): Buffer {
  const text = new Date(Date.now() + fromNowMs).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}
