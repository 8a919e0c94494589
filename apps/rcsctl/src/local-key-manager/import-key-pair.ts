import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { CertificateError, createKeyPairCertificate, readKeyFile } from '#certificates';
import type { ImportKeyReply } from '#contracts';
import type { KeyVaultClient } from '#key-vault-client';
import { isTimeOfCalendar, RcsError } from '#platform';
import { sendKeyPair } from '../key-import/import-key.js';

export interface KeyPairImport {
  /** UUID by which Genesys Cloud knows the key pair. */
  readonly id: string;
  /** Base64 RSAPrivateKey (the form of the example service's database) or PEM. Zeroed when this returns. */
  readonly keyFile: Buffer;
  /** Whose it shall be; stands in its label in the token. */
  readonly contactCenter: string;
  /** When it was made, milliseconds since 1970; the time of the import when absent. */
  readonly dateCreated?: number | undefined;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const modulusBits = 3072;

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
    const certificatePem = await createKeyPairCertificate({ id, publicKey, pkcs8, dateCreated: job.dateCreated });
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

/**
 * When a key pair was made: milliseconds since 1970, as the wire has it, or an ISO 8601 time, as a database shows it
 * (that of this machine where it names no zone).
 * @throws RcsError RCS_INVALID_VALUE
 */
export function creationTime(text: string): number {
  const time = text.replace(' ', 'T');
  const isIso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/.test(time);
  const milliseconds = /^\d{1,15}$/.test(text)
    ? Number(text)
    : isIso && isTimeOfCalendar(time)
      ? Date.parse(time)
      : NaN;
  if (milliseconds <= Date.now()) return milliseconds;
  throw invalid(
    '--date-created must be a time of the past: milliseconds since 1970, or such as 2026-08-31T13:49:22.444Z',
  );
}

const invalid = (publicDetail: string): RcsError => new RcsError('RCS_INVALID_VALUE', publicDetail, { publicDetail });
