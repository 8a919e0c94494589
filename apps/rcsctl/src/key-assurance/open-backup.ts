import { constants, privateDecrypt, type KeyObject } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import {
  CertificateError,
  keyMatchesCertificate,
  parseCertificatePem,
  parsePrivateKeyPem,
  type CertificateInfo,
} from '#certificates';
import { BufferSource, CmsError, EncryptedMedia, readAttachedEnvelope, type KeyTransportRecipient } from '#cms';
import { parseDescription, parseKeyBackup, type KeyBackupDescription } from '#contracts';

export interface OpenedBackup {
  readonly description: KeyBackupDescription;
  readonly certificate: CertificateInfo;
  /** PrivateKeyInfo, DER; the caller overwrites it. */
  readonly pkcs8: Buffer;
}

/** A backup that cannot be used; the message says why. */
export class BackupError extends Error {
  override readonly name = 'BackupError';

  constructor(
    readonly code: 'BACKUP_OF_ANOTHER_RECOVERY_KEY' | 'BACKUP_DAMAGED',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Opens a copy of a key with the private key of a recovery certificate and checks that all of it belongs together.
 * @throws BackupError, RcsError when it is no backup, CertificateError when the key in it cannot be used.
 */
export async function openBackup(text: string, recoveryKey: KeyObject, signal: AbortSignal): Promise<OpenedBackup> {
  const { description, cms } = parseKeyBackup(text);
  const payload = await decrypt(cms, recoveryKey, signal);
  try {
    // The description alone becomes a string; the key never does.
    const inside = parseDescription(payload.subarray(0, payload.indexOf('-----BEGIN')).toString('utf8'));
    if (JSON.stringify(inside) !== JSON.stringify(description)) {
      throw damaged('what it says outside is not what it says inside');
    }
    const [certificate] = parseCertificatePem(payload);
    const { pkcs8, publicKey } = parsePrivateKeyPem(payload);
    if (
      certificate.fingerprint === description.certificateFingerprint &&
      keyMatchesCertificate(publicKey, certificate)
    ) {
      return { description, certificate, pkcs8 };
    }
    pkcs8.fill(0);
    throw damaged('key and certificate do not belong together');
  } finally {
    payload.fill(0);
  }
}

async function decrypt(cms: Buffer, recoveryKey: KeyObject, signal: AbortSignal): Promise<Buffer> {
  const source = new BufferSource(cms);
  try {
    const { envelope, contentMap } = await readAttachedEnvelope(source, signal);
    const sessionKey = unwrap(envelope.recipients, envelope.contentEncryption.keyLength, recoveryKey);
    try {
      const content = await EncryptedMedia.open({ source, envelope, contentMap, sessionKey, signal });
      return await buffer(content.stream(0, content.plaintextLength, signal));
    } finally {
      sessionKey.fill(0);
    }
  } catch (error) {
    if (error instanceof CmsError) throw damaged(error.message);
    throw error;
  }
}

/** The copy names its recipients by certificate; the key is at hand, so it is tried on each. */
function unwrap(recipients: readonly KeyTransportRecipient[], length: number, recoveryKey: KeyObject): Buffer {
  for (const { keyEncryption, encryptedKey } of recipients) {
    if (keyEncryption.scheme !== 'rsaes-oaep' || keyEncryption.hash !== keyEncryption.mgfHash) continue;
    try {
      const options = { key: recoveryKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: keyEncryption.hash };
      const sessionKey = privateDecrypt(options, encryptedKey);
      if (sessionKey.length === length) return sessionKey;
      sessionKey.fill(0);
    } catch {
      // Not this recipient: OAEP says so itself.
    }
  }
  throw new BackupError(
    'BACKUP_OF_ANOTHER_RECOVERY_KEY',
    'this recovery key does not open the copy: it was made for another recovery certificate',
  );
}

function damaged(reason: string): BackupError {
  return new BackupError('BACKUP_DAMAGED', `the copy is damaged: ${reason}`);
}

/** What a failure to open says, for reports; undefined for faults that are not the copy's. */
export function refusalOf(error: unknown): { readonly code: string; readonly message: string } | undefined {
  if (!(error instanceof BackupError) && !(error instanceof CertificateError)) return undefined;
  return { code: error.code, message: error.message };
}
