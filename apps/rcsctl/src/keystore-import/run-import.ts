import { CertificateError, type Keystore, type PrivateKeyEntry } from '#certificates';
import type { KeyVaultClient } from '#key-vault-client';
import { RcsError } from '#platform';
import { sendKeyPair } from '../key-import/import-key.js';
import { ownCertificate, type PlannedEntry } from './keystore-plan.js';

/** What became of one alias. */
export interface ImportedEntry extends PlannedEntry {
  readonly outcome: 'imported' | 'already-there' | 'refused' | 'failed' | 'not-a-key' | 'left-out';
}

/** Imports what the plan says, one alias after the other; what one lacks does not keep the others from their places. */
export async function runImport(
  vaults: KeyVaultClient,
  contactCenter: string,
  keystore: Keystore,
  plan: readonly PlannedEntry[],
  openKey: (entry: PrivateKeyEntry) => Buffer,
): Promise<ImportedEntry[]> {
  const results: ImportedEntry[] = [];
  for (const [index, planned] of plan.entries()) {
    const entry = keystore.entries[index];
    if (planned.action !== 'import') results.push({ ...planned, outcome: planned.action });
    else if (entry?.type === 'private-key')
      results.push(await importEntry(vaults, contactCenter, entry, planned, openKey));
  }
  return results;
}

async function importEntry(
  vaults: KeyVaultClient,
  contactCenter: string,
  entry: PrivateKeyEntry,
  planned: PlannedEntry,
  openKey: (entry: PrivateKeyEntry) => Buffer,
): Promise<ImportedEntry> {
  let pkcs8: Buffer | undefined;
  try {
    pkcs8 = openKey(entry);
    const certificatePem = ownCertificate(entry).pem;
    const replies = await sendKeyPair(vaults, {
      purpose: 'RECORDING',
      contactCenter,
      alias: planned.targetAlias,
      certificatePem,
      pkcs8,
    });
    return { ...planned, outcome: replies.some(({ created }) => created) ? 'imported' : 'already-there' };
  } catch (error) {
    if (error instanceof RcsError) {
      const message = error.publicDetail ?? error.message;
      return { ...planned, outcome: 'failed', reason: { code: error.code, message } };
    }
    if (!(error instanceof CertificateError)) throw error;
    return { ...planned, outcome: 'failed', reason: { code: error.code, message: error.message } };
  } finally {
    pkcs8?.fill(0);
  }
}
