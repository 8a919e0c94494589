import 'reflect-metadata';
import { generateKeyPairSync, webcrypto, type KeyObject } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';
import { certificateNames } from '../keys/certificate-names.js';
import type { KeyPairImport } from '../keys/import-key-pair.js';
import { subjectKeyIdentifier } from '../keys/subject-key-identifier.js';

export interface RecordingKey {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly pair: KeyPairImport;
}

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
let serialNumber = 0x80;

/** A key and a self-signed certificate as an administrator would bring them. */
export async function recordingKey(label: string, modulusLength = 2048): Promise<RecordingKey> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return { publicKey, privateKey, pair: await pairOf(label, privateKey, publicKey) };
}

/** The key with another certificate. */
export async function pairOf(label: string, privateKey: KeyObject, publicKey: KeyObject): Promise<KeyPairImport> {
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  const certificateDer = await selfSigned(pkcs8, publicKey.export({ format: 'der', type: 'spki' }));
  const names = certificateNames(certificateDer);
  const jwk = publicKey.export({ format: 'jwk' });
  const keyIdentifier = subjectKeyIdentifier(fromBase64(jwk.n), fromBase64(jwk.e));
  if (names === undefined) throw new Error('the certificate cannot be read');
  return { label, pkcs8, certificateDer, keyIdentifier, subject: names.issuer, ...names };
}

async function selfSigned(pkcs8: Buffer, spki: Buffer): Promise<Buffer> {
  const keys = {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
  const validity = { notBefore: new Date('2024-01-01'), notAfter: new Date('2034-01-01') };
  const name = 'CN=Genesys Recording, C=US';
  const certificate = await X509CertificateGenerator.createSelfSigned(
    { serialNumber: (serialNumber++).toString(16), name, keys, signingAlgorithm: algorithm, ...validity },
    webcrypto,
  );
  return Buffer.from(certificate.rawData);
}

const fromBase64 = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url');
