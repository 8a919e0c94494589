import { CmsError, EncryptedMedia, type ByteSource, type FileSource, type SegmentSearch } from '#cms';
import { ObservedSource } from './observed-source.js';
import { findEnvelope, type StoredMedia } from './stored-media.js';

/** Takes the plaintext. */
export interface PlaintextReceiver {
  /** Plaintext comes from its first byte on; what came before is void. */
  begin(plaintextLength: number): Promise<void>;
  take(plaintext: Buffer): Promise<void>;
}

export interface ReadPlaintextOptions {
  readonly media: StoredMedia;
  readonly envelopeFile: string | undefined;
  /** Stays the caller's. */
  readonly sessionKey: Buffer;
  /** Told of every stored byte that was read. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Decrypts stored media to its last byte. Content in uneven segments is found out on the way and read again.
 * @returns the length of the plaintext, bytes.
 * @throws CmsError CMS_UNDECRYPTABLE when key or content is wrong.
 */
export async function readPlaintext(options: ReadPlaintextOptions, receiver: PlaintextReceiver): Promise<number> {
  const { media, envelopeFile, signal } = options;
  try {
    return await attempt(options, media, receiver);
  } catch (error) {
    if (!(error instanceof CmsError) || error.code !== 'CMS_PATTERN_BROKEN') throw error;
    const scan: SegmentSearch = 'scan';
    return attempt(options, await findEnvelope(media.source, envelopeFile, signal, scan), receiver);
  }
}

async function attempt(
  { sessionKey, onBytes, signal }: ReadPlaintextOptions,
  { source, envelope, contentMap }: StoredMedia,
  receiver: PlaintextReceiver,
): Promise<number> {
  const observed: ByteSource = new ObservedSource(source, onBytes);
  const media = await EncryptedMedia.open({ source: observed, envelope, contentMap, sessionKey, signal });
  try {
    const { plaintextLength } = media;
    await receiver.begin(plaintextLength);
    for await (const plaintext of media.stream(0, plaintextLength, signal) as AsyncIterable<Buffer>) {
      await receiver.take(plaintext);
    }
    return plaintextLength;
  } finally {
    media.close();
  }
}

/** How many stored bytes a whole decryption reads: authenticated content is verified before it is released. */
export const bytesToRead = ({ envelope }: StoredMedia, source: FileSource): number =>
  envelope.contentEncryption.mode === 'gcm' ? 2 * source.size : source.size;
