import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { BasicConstraintsExtension, SubjectKeyIdentifierExtension, X509CertificateGenerator } from '@peculiar/x509';
import { CertificateError } from '../certificate-error.js';
import { recordingKeyUsage } from './certificate-request.js';
import { subjectAlternativeNames, subjectName, type CertificateSubject } from './certificate-subject.js';
import { signingAlgorithm, signingParts, type ExternalSigner } from './external-signer.js';

export interface SelfSignedRequest extends CertificateSubject {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const serialNumberBytes = 16;

/**
 * A certificate that vouches for itself, for sites whose recorders take any. It may not issue others.
 * @returns PEM
 * @throws CertificateError when subject or validity is no good; whatever the signer throws.
 */
export async function createSelfSignedCertificate(request: SelfSignedRequest, signer: ExternalSigner): Promise<string> {
  const { notBefore, notAfter } = request;
  if (!(notBefore < notAfter)) throw new CertificateError('SUBJECT_INVALID', 'the validity ends before it begins');
  const name = subjectName(request);
  const alternatives = subjectAlternativeNames(request);
  const { keys, crypto } = await signingParts(signer);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomSerialNumber(),
      name,
      notBefore,
      notAfter,
      keys,
      signingAlgorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        recordingKeyUsage(),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        ...(alternatives === undefined ? [] : [alternatives]),
      ],
    },
    crypto,
  );
  return `${certificate.toString('pem')}\n`;
}

/** Positive and of fixed length (RFC 5280, 4.1.2.2). */
function randomSerialNumber(): string {
  const octets = randomBytes(serialNumberBytes);
  octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40;
  return octets.toString('hex');
}
