import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCertificateDer } from '../../../libs/certificates/src/certificate/parse-certificate.js';
import type { CertificateInfo } from '../../../libs/certificates/src/certificate/certificate-info.js';
import { randomBytes, X509Certificate } from 'node:crypto';
import type { OpenSsl } from './openssl.js';

export interface MadeCertificate {
  readonly name: string;
  readonly info: CertificateInfo;
}

export interface CertificateRequest {
  readonly name: string;
  readonly subject?: string;
  /** Undefined for a self-signed one. */
  readonly issuer?: string;
  /** Lines of an OpenSSL extension section. */
  readonly extensions?: readonly string[];
  /** Sections that the extensions refer to. */
  readonly sections?: string;
  readonly key?: readonly string[];
  readonly digest?: string;
  /** `YYYYMMDDHHMMSSZ` */
  readonly notBefore?: string;
  readonly notAfter?: string;
}

const authorityExtensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];

/** Chains of every kind, good and bad, made by `openssl ca`, which signs whatever it is told. */
export class MadeAuthority {
  private readonly made = new Map<string, CertificateInfo>();

  constructor(private readonly openssl: OpenSsl) {}

  /** An authority with all it needs; `more` replaces its extensions. */
  authority(name: string, issuer?: string, more: Partial<CertificateRequest> = {}): CertificateInfo {
    return this.certificate({
      name,
      extensions: authorityExtensions,
      ...(issuer === undefined ? {} : { issuer }),
      ...more,
    });
  }

  certificate(request: CertificateRequest): CertificateInfo {
    const { name, issuer = name, subject = `/CN=${name}`, extensions = [], sections = '' } = request;
    const { key = ['rsa:2048'], digest = 'sha256' } = request;
    const { notBefore = '20200101000000Z', notAfter = '20491231235959Z' } = request;
    const { openssl } = this;
    const file = (extension: string): string => join(openssl.directory, `${name}.${extension}`);
    openssl.run(
      'req',
      '-new',
      '-newkey',
      ...key,
      '-keyout',
      file('key'),
      '-noenc',
      '-out',
      file('csr'),
      '-subj',
      subject,
    );
    writeFileSync(file('db'), '');
    writeFileSync(file('serial'), `${randomBytes(8).toString('hex').replace(/^./, '1')}\n`);
    writeFileSync(file('cnf'), configuration(openssl.directory, name, extensions, sections));
    openssl.run(
      ...['ca', '-batch', '-notext', '-config', file('cnf'), '-md', digest],
      ...['-startdate', notBefore, '-enddate', notAfter, '-in', file('csr'), '-out', file('pem')],
      ...['-keyfile', `${issuer}.key`, ...(issuer === name ? ['-selfsign'] : ['-cert', `${issuer}.pem`])],
    );
    const info = parseCertificateDer(new X509Certificate(openssl.read(`${name}.pem`)).raw);
    this.made.set(name, info);
    return info;
  }

  get(name: string): CertificateInfo {
    const info = this.made.get(name);
    if (info === undefined) throw new Error(`${name} was not made`);
    return info;
  }
}

function configuration(directory: string, name: string, extensions: readonly string[], sections: string): string {
  const lines = [
    '[ca]',
    'default_ca=this',
    '[this]',
    `database=${join(directory, `${name}.db`)}`,
    `serial=${join(directory, `${name}.serial`)}`,
    `new_certs_dir=${directory}`,
    'unique_subject=no',
    'policy=any',
    'email_in_dn=yes',
    'preserve=yes',
    ...(extensions.length === 0 ? [] : ['x509_extensions=made']),
    '[any]',
    ...[
      'countryName',
      'stateOrProvinceName',
      'organizationName',
      'organizationalUnitName',
      'commonName',
      'emailAddress',
    ].map(field => `${field}=optional`),
    '[made]',
    ...extensions,
    sections,
  ];
  return `${lines.join('\n')}\n`;
}
