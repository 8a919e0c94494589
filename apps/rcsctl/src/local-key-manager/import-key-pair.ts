import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { CertificateError, createSelfSignedCertificate, readKeyFile } from '#certificates';
import type { ImportKeyReply } from '#contracts';
import type { KeyVaultClient } from '#key-vault-client';
import { RcsError } from '#platform';
import { sendKeyPair } from '../key-import/import-key.js';

export interface KeyPairImport {
  /** UUID by which Genesys Cloud knows the key pair. */
  readonly id: string;
  /** Base64 RSAPrivateKey (the form of the example service's database) or PEM. Zeroed when this returns. */
  readonly keyFile: Buffer;
  /** Whose it shall be; stands in its label in the token. */
  readonly contactCenter: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const modulusBits = 3072;
const validityYears = 10;

/**
 * Brings a key pair of another key manager into the tokens of the vaults. Tokens keep keys with a certificate: it gets
 * one that nobody ever checks.
 * @throws RcsError RCS_INVALID_VALUE, CertificateError for a key that cannot be used, RcsError of the vault.
 */
export async function importKeyPair(vaults: KeyVaultClient, job: KeyPairImport): Promise<ImportKeyReply[]> {
  const id = job.id.toLowerCase();
  if (!uuid.test(id)) throw invalid('the id of a key pair is a UUID, such as 6f9619ff-8b86-4011-b42d-00c04fc964ff');
  const { pkcs8, publicKey } = readKey(job.keyFile);
  try {
    if (publicKey.asymmetricKeyDetails?.modulusLength !== modulusBits) {
      throw invalid(`Genesys Cloud takes RSA keys of ${modulusBits} bits alone`);
    }
    const certificatePem = await certificateFor(id, publicKey, pkcs8);
    return await sendKeyPair(vaults, {
      purpose: 'LOCAL_KEY_MANAGER',
      contactCenter: job.contactCenter,
      alias: id,
      certificatePem,
      pkcs8,
    });
  } finally {
    pkcs8.fill(0);
  }
}

function readKey(keyFile: Buffer): { readonly pkcs8: Buffer; readonly publicKey: KeyObject } {
  try {
    return keyFile.includes('-----BEGIN') ? readKeyFile(keyFile) : readBareKey(keyFile);
  } finally {
    keyFile.fill(0);
  }
}

function readBareKey(base64: Buffer): { readonly pkcs8: Buffer; readonly publicKey: KeyObject } {
  const der = Buffer.from(base64.toString('latin1'), 'base64');
  try {
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs1' });
    return { pkcs8: key.export({ format: 'der', type: 'pkcs8' }), publicKey: createPublicKey(key) };
  } catch (error) {
    throw new CertificateError('PRIVATE_KEY_MALFORMED', 'the file is neither PEM nor a base64 RSAPrivateKey', {
      cause: error,
    });
  } finally {
    der.fill(0);
  }
}

function certificateFor(id: string, publicKey: KeyObject, pkcs8: Buffer): Promise<string> {
  const notBefore = new Date();
  const notAfter = new Date(notBefore);
  notAfter.setFullYear(notAfter.getFullYear() + validityYears);
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return createSelfSignedCertificate(
    { subject: `CN=${id}`, notBefore, notAfter },
    { publicKey, sign: message => Promise.resolve(sign('sha256', message, key)) },
  );
}

const invalid = (publicDetail: string): RcsError => new RcsError('RCS_INVALID_VALUE', publicDetail, { publicDetail });
