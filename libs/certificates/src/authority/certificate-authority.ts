import 'reflect-metadata';
import { KeyObject, randomBytes, webcrypto, X509Certificate as NodeCertificate } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type Extension,
  type JsonGeneralName,
} from '@peculiar/x509';

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };
/** Clocks of a cluster differ; a fresh certificate must be good at once everywhere. */
const clockToleranceMs = 5 * 60_000;
const serialNumberBytes = 16;

export interface AuthorityRequest {
  readonly commonName: string;
  readonly validUntil: Date;
}

/** A service of the cluster. Its role is one of the `uris`: `urn:recording-crypto-server:role:<role>`. */
export interface ServiceCertificateRequest extends AuthorityRequest {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly uris: readonly string[];
}

export interface IssuedCertificate {
  readonly certificatePem: string;
  /** PKCS#8, not encrypted: write it with mode 0600 or into a secret. */
  readonly privateKeyPem: string;
}

/**
 * The internal authority of a cluster: an EC P-256 root that issues the certificates by which services know one another.
 * It is not meant for anything the world sees.
 */
export class CertificateAuthority {
  private constructor(
    private readonly certificate: X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
  ) {}

  /** A new self-signed root that may issue service certificates but no further authorities. */
  static async create({ commonName, validUntil }: AuthorityRequest): Promise<CertificateAuthority> {
    const keys = await generateKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned(
      {
        serialNumber: randomSerialNumber(),
        name: commonNameOnly(commonName),
        ...validity(validUntil),
        signingAlgorithm,
        keys,
        extensions: [
          new BasicConstraintsExtension(true, 0, true),
          new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
          await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        ],
      },
      webcrypto,
    );
    return new CertificateAuthority(certificate, keys);
  }

  get certificatePem(): string {
    return pemOf(this.certificate);
  }

  /** PKCS#8 PEM: for an installer that has to issue further certificates later. */
  async exportPrivateKeyPem(): Promise<string> {
    return privateKeyPem(this.keys.privateKey);
  }

  /**
   * Opens an authority again that was kept with `certificatePem` and `exportPrivateKeyPem`.
   * @throws RangeError when they are not of one authority.
   */
  static async open(kept: IssuedCertificate): Promise<CertificateAuthority> {
    const certificate = new X509Certificate(kept.certificatePem);
    const der = Buffer.from(kept.privateKeyPem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    try {
      const privateKey = await webcrypto.subtle.importKey('pkcs8', der, keyAlgorithm, true, ['sign']);
      const publicKey = await webcrypto.subtle.importKey('spki', certificate.publicKey.rawData, keyAlgorithm, true, [
        'verify',
      ]);
      if (!new NodeCertificate(kept.certificatePem).checkPrivateKey(KeyObject.from(privateKey))) {
        throw new RangeError('the private key does not belong to the certificate of the authority');
      }
      return new CertificateAuthority(certificate, { privateKey, publicKey });
    } finally {
      der.fill(0);
    }
  }

  /**
   * Issues a certificate for both ends of TLS, with a fresh key.
   * @throws RangeError when it would outlive the authority or names nothing.
   */
  async issue(request: ServiceCertificateRequest): Promise<IssuedCertificate> {
    const names = alternativeNames(request);
    if (names.length === 0)
      throw new RangeError(`${request.commonName}: a certificate needs a DNS name, address or URI`);
    if (request.validUntil > this.certificate.notAfter) {
      throw new RangeError(`${request.commonName}: a certificate must not outlive its authority`);
    }
    const keys = await generateKeys();
    const certificate = await X509CertificateGenerator.create(
      {
        serialNumber: randomSerialNumber(),
        subject: commonNameOnly(request.commonName),
        issuer: this.certificate.subjectName,
        ...validity(request.validUntil),
        signingAlgorithm,
        signingKey: this.keys.privateKey,
        publicKey: keys.publicKey,
        extensions: await this.serviceExtensions(keys.publicKey, names),
      },
      webcrypto,
    );
    return { certificatePem: pemOf(certificate), privateKeyPem: await privateKeyPem(keys.privateKey) };
  }

  private async serviceExtensions(publicKey: webcrypto.CryptoKey, names: JsonGeneralName[]): Promise<Extension[]> {
    return [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(names),
      await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
      await AuthorityKeyIdentifierExtension.create(this.keys.publicKey, false, webcrypto),
    ];
  }
}

/** With a line end, so that files can be put one behind the other. */
function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  der.fill(0);
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}

function alternativeNames({ dnsNames, ipAddresses, uris }: ServiceCertificateRequest): JsonGeneralName[] {
  return [
    ...dnsNames.map(value => ({ type: 'dns' as const, value })),
    ...ipAddresses.map(value => ({ type: 'ip' as const, value })),
    ...uris.map(value => ({ type: 'url' as const, value })),
  ];
}

/** As a structure, not as text: a comma in the name must not become another attribute. */
function commonNameOnly(commonName: string): Name {
  return new Name([{ CN: [commonName] }]);
}

function validity(validUntil: Date): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - clockToleranceMs), notAfter: validUntil };
}

/** Positive and of fixed length (RFC 5280, 4.1.2.2). */
function randomSerialNumber(): string {
  const octets = randomBytes(serialNumberBytes);
  octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40;
  return octets.toString('hex');
}
