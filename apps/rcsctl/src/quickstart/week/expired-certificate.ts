import { generateKeyPair, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { createSelfSignedCertificate } from '#certificates';
import type { MadeCertificate } from '../recording-certificate.js';

const dayMs = 86_400_000;
const generate = promisify(generateKeyPair);

/** A recording certificate that ended some months ago: what was encrypted for it still plays. */
export async function makeExpiredCertificate(commonName: string): Promise<MadeCertificate> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: 2048 });
  const daysAgo = (days: number): Date => new Date(Date.now() - days * dayMs);
  const certificatePem = await createSelfSignedCertificate(
    { subject: `CN=${commonName}, O=Genesys, C=US`, notBefore: daysAgo(830), notAfter: daysAgo(100) },
    { publicKey, sign: message => Promise.resolve(sign('sha256', message, privateKey)) },
  );
  return { certificatePem, privateKeyPem: Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' })) };
}
