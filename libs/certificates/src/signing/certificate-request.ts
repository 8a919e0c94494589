import 'reflect-metadata';
import { KeyUsageFlags, KeyUsagesExtension, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { subjectAlternativeNames, subjectName, type CertificateSubject } from './certificate-subject.js';
import { signingAlgorithm, signingParts, type ExternalSigner } from './external-signer.js';

/** What a recording certificate is for: recorders encrypt session keys to it (RFC 5280, 4.2.1.3). */
export const recordingKeyUsage = (): KeyUsagesExtension => new KeyUsagesExtension(KeyUsageFlags.keyEncipherment, true);

/**
 * A request for a certificate (PKCS#10, RFC 2986), signed by the key it is for.
 * @returns PEM
 * @throws CertificateError when the subject is no good; whatever the signer throws.
 */
export async function createCertificateRequest(subject: CertificateSubject, signer: ExternalSigner): Promise<string> {
  const name = subjectName(subject);
  const alternatives = subjectAlternativeNames(subject);
  const { keys, crypto } = await signingParts(signer);
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name,
      keys,
      signingAlgorithm,
      extensions: [recordingKeyUsage(), ...(alternatives === undefined ? [] : [alternatives])],
    },
    crypto,
  );
  return `${request.toString('pem')}\n`;
}
