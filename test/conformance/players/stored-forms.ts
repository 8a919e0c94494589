import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openssl } from '../../e2e/external-tools.js';
import { splitEnvelope } from '../../e2e/split-envelope.js';

/** The ways in which a recording lies in the storage. */
export const storedForms = ['detached', 'attached DER', 'attached BER', 'GCM', 'plain'] as const;
export type StoredForm = (typeof storedForms)[number];

export interface StoredFile {
  readonly bytes: Buffer;
  /** What its entry in the metadata says besides. */
  readonly metadata: { readonly pkcs7?: string };
}

const options = {
  detached: ['-aes256'],
  'attached DER': ['-aes256'],
  'attached BER': ['-aes256', '-stream'],
  GCM: ['-aes-256-gcm'],
} as const;

/** Encrypts for the certificate as openssl does. */
export async function stored(plaintext: Buffer, form: StoredForm, certificateFile: string): Promise<StoredFile> {
  if (form === 'plain') return { bytes: plaintext, metadata: {} };
  const bytes = await encrypted(plaintext, options[form], certificateFile);
  if (form !== 'detached') return { bytes, metadata: {} };
  const { envelope, ciphertext } = splitEnvelope(bytes);
  return { bytes: ciphertext, metadata: { pkcs7: envelope.toString('base64') } };
}

async function encrypted(plaintext: Buffer, how: readonly string[], certificateFile: string): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-form-'));
  const [input, output] = [join(directory, 'plain'), join(directory, 'encrypted')];
  try {
    writeFileSync(input, plaintext);
    const files = ['-in', input, '-out', output, '-outform', 'DER'];
    await openssl('cms', '-encrypt', '-binary', ...files, ...how, '-recip', certificateFile);
    return readFileSync(output);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
