import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type JsonGeneralName,
  type X509Certificate,
} from '@peculiar/x509';
import { roleUri, type InternalIdentity, type ServiceRole } from '#platform';

type KeyPair = webcrypto.CryptoKeyPair;

const hour = 3_600_000;

export interface IssueOptions {
  /** Names beside `localhost` and `127.0.0.1`; the URI of the role unless given. */
  readonly names?: readonly JsonGeneralName[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly isAuthority?: boolean;
  readonly curve?: 'P-256' | 'P-384';
  /** That of the role unless given. */
  readonly commonName?: string;
}

/** A real internal authority for tests: it issues certificates with roles, good ones and bad ones. */
export class InternalAuthority {
  private constructor(
    private readonly keys: KeyPair,
    private readonly certificate: X509Certificate,
  ) {}

  static async create(
    validity: { readonly notBefore?: Date; readonly notAfter?: Date } = {},
  ): Promise<InternalAuthority> {
    cryptoProvider.set(webcrypto);
    const keys = await generateKeys('P-256');
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=Internal CA',
      keys,
      ...validityOf(validity),
      signingAlgorithm,
      extensions: [new BasicConstraintsExtension(true, 0, true)],
    });
    return new InternalAuthority(keys, certificate);
  }

  get caPem(): Buffer {
    return Buffer.from(`${this.certificate.toString('pem')}\n`);
  }

  async issue(role: ServiceRole, options: IssueOptions = {}): Promise<InternalIdentity> {
    const keys = await generateKeys(options.curve ?? 'P-256');
    const names = options.names ?? [{ type: 'url', value: roleUri(role) }];
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${options.commonName ?? role}`,
      issuer: this.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      ...validityOf(options),
      signingAlgorithm,
      extensions: [
        new BasicConstraintsExtension(options.isAuthority ?? false, undefined, true),
        new SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
          ...names,
        ]),
      ],
    });
    return {
      role,
      caPem: this.caPem,
      certificatePem: Buffer.from(`${certificate.toString('pem')}\n`),
      keyPem: await privateKeyPem(keys.privateKey),
    };
  }
}

const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };

function validityOf({ notBefore, notAfter }: { readonly notBefore?: Date; readonly notAfter?: Date }) {
  return {
    notBefore: notBefore ?? new Date(Date.now() - hour),
    notAfter: notAfter ?? new Date(Date.now() + hour),
  };
}

async function generateKeys(namedCurve: string): Promise<KeyPair> {
  return webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve }, true, ['sign', 'verify']);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<Buffer> {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return Buffer.from(`-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`);
}
