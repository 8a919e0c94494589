import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { checkServerIdentity, type PeerCertificate, type SecureContextOptions } from 'node:tls';
import { ConfigurationError } from '../configuration/configuration-error.js';
import type { InternalTlsConfiguration } from '../configuration/configuration.schema.js';
import { certificatesIn } from './certificates-file.js';
import { isDenied, parseDeniedCertificates, type DeniedCertificates } from './denied-certificates.js';
import { roleOfSubjectAltName, type ServiceRole } from './service-role.js';

/** Who this process is inside the cluster: its certificate, key and the authority that vouches for its peers. */
export interface InternalIdentity {
  readonly role: ServiceRole;
  readonly caPem: Buffer;
  readonly certificatePem: Buffer;
  readonly keyPem: Buffer;
  /** Which of several clusters under one authority this is. */
  readonly cluster?: string;
  readonly denied?: DeniedCertificates;
}

/**
 * Loads the files of `internalTls`. What is not whole is refused here, before anything is put into force.
 * @param section what names certificate and key, where they are others than those of the process
 * @throws ConfigurationError naming option and path when a file is missing or not whole, or the certificate carries no role.
 */
export function loadInternalIdentity(
  configuration: InternalTlsConfiguration,
  section = 'internalTls',
): InternalIdentity {
  const caPem = readCertificates('internalTls.caFile', configuration.caFile);
  const certificatePem = readCertificates(`${section}.certificateFile`, configuration.certificateFile);
  const keyPem = readOptionFile(`${section}.keyFile`, configuration.keyFile);
  const role = roleInCertificate(certificatePem, `${section}.certificateFile`, configuration.certificateFile);
  checkKeyFits(`${section}.keyFile`, configuration.keyFile, keyPem, certificatePem);
  const { cluster, deniedCertificatesFile: file } = configuration;
  const denied = file === undefined ? {} : { denied: readDenied(file) };
  return { role, caPem, certificatePem, keyPem, ...(cluster === undefined ? {} : { cluster }), ...denied };
}

function readDenied(path: string): DeniedCertificates {
  return parseDeniedCertificates(readOptionFile('internalTls.deniedCertificatesFile', path).toString('utf8'), path);
}

/** @throws ConfigurationError when the key is none or not that of the certificate, as between two writes of a renewal. */
export function checkKeyFits(option: string, path: string, keyPem: Buffer, certificatePem: Buffer): void {
  let fits: boolean;
  try {
    fits = new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem));
  } catch (error) {
    throw new ConfigurationError(
      `option ${option}: ${path} or its certificate cannot be read: ${(error as Error).message}`,
    );
  }
  if (!fits) throw new ConfigurationError(`option ${option}: ${path} is not the key of the certificate`);
}

/** TLS 1.3 with client certificates on both sides; what every internal server and client uses. */
export function internalTlsOptions(identity: InternalIdentity): SecureContextOptions {
  return { ca: identity.caPem, cert: identity.certificatePem, key: identity.keyPem, minVersion: 'TLSv1.3' };
}

/** A server identity check that demands a role on top of the host name, so that no service can pose as another. */
export function serverMustBe(
  role: ServiceRole,
  denied?: DeniedCertificates,
): (host: string, certificate: PeerCertificate) => Error | undefined {
  return (host, certificate) => {
    const nameError = checkServerIdentity(host, certificate);
    if (nameError !== undefined) return nameError;
    if (isDenied(certificate, denied)) return new Error(`the certificate of the peer at ${host} is denied`);
    const actual = roleOfSubjectAltName(certificate.subjectaltname);
    return actual === role ? undefined : new Error(`the peer at ${host} has the role ${actual ?? 'none'}, not ${role}`);
  };
}

/** Reads a PEM file of certificates that an option names. @throws ConfigurationError when it is missing or not whole */
export function readCertificates(option: string, path: string): Buffer {
  return certificatesIn(readOptionFile(option, path), option, path);
}

/** Reads a file that an option names. */
export function readOptionFile(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ConfigurationError(`option ${option}: cannot read ${path}: ${(error as Error).message}`);
  }
}

function roleInCertificate(pem: Buffer, option: string, path: string): ServiceRole {
  const role = roleOfSubjectAltName(new X509Certificate(pem).subjectAltName);
  if (role === undefined) {
    throw new ConfigurationError(`option ${option}: ${path} names no role in a URI subject alternative name`);
  }
  return role;
}
