import { createHash, generateKeyPairSync } from 'node:crypto';
import { makeCertificate } from '../media/made-certificate.js';

/** For whom archives of B may be made, as the configuration of the vault says: of B, and of nobody else. */
export const archiveRecipient = makeCertificate({
  pair: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  name: 'wallB archive',
});

export const archiveRecipientFingerprint = createHash('sha256').update(archiveRecipient.der).digest('hex');

/** The configuration of the vault that says so. */
export const archiveRecipientsOf = (contactCenter: string): Readonly<Record<string, string>> => ({
  RCS_KEY_VAULT__ARCHIVE_RECIPIENTS: JSON.stringify([{ contactCenter, fingerprints: [archiveRecipientFingerprint] }]),
});
