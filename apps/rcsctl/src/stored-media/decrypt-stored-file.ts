import { CmsError, FileSource } from '#cms';
import type { OperatorGrant } from '#grants';
import { openWithCandidates, type SessionKeyCandidates, type UnwrappedSessionKey } from '#key-vault-client';
import type { OperatorKeys } from '../operator/operator-keys.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { bytesToRead, readPlaintext, type PlaintextReceiver } from './read-plaintext.js';
import { findEnvelope } from './stored-media.js';

export interface StoredFileJob {
  readonly file: string;
  readonly envelopeFile: string | undefined;
  readonly purpose: OperatorGrant['purpose'];
  readonly signal: AbortSignal;
}

export interface DecryptedFile {
  /** Bytes. */
  readonly plaintextLength: number;
  /** Alias of the certificate whose key opened it. */
  readonly certificateAlias: string;
}

/**
 * Decrypts a local file to its last byte, its session key opened by the vault.
 * @throws NoEnvelopeError, CmsError, RcsError of the vault, or the signal's reason.
 */
export async function decryptStoredFile(
  { file, envelopeFile, purpose, signal }: StoredFileJob,
  keys: OperatorKeys,
  receiver: PlaintextReceiver,
): Promise<DecryptedFile> {
  const source = await FileSource.open(file);
  try {
    const media = await findEnvelope(source, envelopeFile, signal);
    const unwrap = (tried: readonly string[]): Promise<SessionKeyCandidates> =>
      keys.unwrap(media.envelopeBytes, { file, purpose, tried, signal });
    const candidates = await unwrap([]);
    const bar = new ProgressBar(purpose === 'decrypt' ? 'decrypting' : 'verifying', bytesToRead(media, source));
    try {
      const onBytes = (bytes: number): void => bar.advance(bytes);
      const open = async ({ sessionKey, certificateAlias }: UnwrappedSessionKey): Promise<DecryptedFile> => {
        try {
          const options = { media, envelopeFile, sessionKey, onBytes, signal };
          return { plaintextLength: await readPlaintext(options, receiver), certificateAlias };
        } finally {
          sessionKey.fill(0);
        }
      };
      return await openWithCandidates(candidates, { open, isWrongKey, others: unwrap });
    } finally {
      bar.end();
    }
  } finally {
    await source.close();
  }
}

/** Says that another key may be the right one. */
const isWrongKey = (error: unknown): boolean =>
  error instanceof CmsError && (error.code === 'CMS_UNDECRYPTABLE' || error.code === 'CMS_UNPROVED');
