import type { Readable } from 'node:stream';
import { type ByteSource, checkRange } from '../byte-source/byte-source.js';
import { CmsError, undecryptable, unproved } from '../cms-error.js';
import type { ContentMap, LocatedContent } from '../content/content-map.js';
import type { Envelope } from '../envelope/envelope.js';
import { enoughEvidenceBits } from '../recognition/media-signature.js';
import { openCbcContent, type CbcEncryption } from './cbc-content.js';
import type { DecryptableContent } from './content-transform.js';
import { openGcmContent } from './gcm-content.js';
import { openPassword } from '../opentok/opentok-password.js';
import { gatherEvidence } from './plaintext-evidence.js';
import { PlaintextStream } from './plaintext-stream.js';

export interface OpenMediaOptions {
  readonly source: ByteSource;
  readonly envelope: Pick<Envelope, 'contentEncryption'>;
  readonly contentMap: ContentMap;
  /** Stays the caller's; the media reads it whenever a stream begins, until `close`. */
  readonly sessionKey: Buffer;
  readonly signal: AbortSignal;
  /** GCM content up to this many bytes is kept in memory, encrypted, once it is verified; 256 KiB unless told. */
  readonly verifiedContentLimit?: number;
  /**
   * How much has to say that the key is right: a wrong one passes with a probability of 2 to the power of minus this. 32
   * unless told; 0 takes any right padding.
   */
  readonly minimumEvidenceBits?: number;
}

/** Encrypted media with its key: plaintext at any offset. */
export class EncryptedMedia {
  private closed = false;

  private constructor(
    private readonly content: DecryptableContent,
    private readonly sessionKey: Buffer,
    /** How much says that the key is the right one; of several keys that seem right the one with more is. */
    readonly evidenceBits: number,
  ) {}

  /**
   * Finds the content and proves the key: CBC by the padding of the last block and, where that is short, by the beginning
   * of the plaintext; GCM by the authentication tag over everything.
   * @throws CmsError CMS_UNDECRYPTABLE for a wrong key or modified content, CMS_UNPROVED where too little speaks for the
   * key, others for a broken structure; or whatever the source fails with.
   */
  static async open(options: OpenMediaOptions): Promise<EncryptedMedia> {
    const { source, envelope, contentMap, sessionKey, signal, verifiedContentLimit = 256 * 1024 } = options;
    const { minimumEvidenceBits = enoughEvidenceBits } = options;
    const { contentEncryption } = envelope;
    const located = await contentMap.locate(source, signal);
    if (sessionKey.length !== contentEncryption.keyLength) throw undecryptable();
    const content =
      contentEncryption.mode === 'cbc'
        ? openCbc(located, contentEncryption, sessionKey)
        : await openGcmContent(located, contentEncryption, sessionKey, { memoryLimit: verifiedContentLimit, signal });
    const evidenceBits = await gatherEvidence(content, signal);
    if (evidenceBits < minimumEvidenceBits) throw unproved(evidenceBits, minimumEvidenceBits);
    return new EncryptedMedia(content, sessionKey, evidenceBits);
  }

  /** Exact, in bytes. */
  get plaintextLength(): number {
    return this.content.plaintextLength;
  }

  /** How a place in the content is found; 'indexed' means that opening read the whole file once. */
  get addressing(): 'contiguous' | 'regular' | 'indexed' {
    return this.content.located.addressing;
  }

  /**
   * Plaintext [start, end) in chunks of about 64 KiB. Its cipher has the key from the beginning, so that `close` does not
   * disturb it. Destroying it, or the signal, cancels the transfer from the source.
   * @throws RangeError for an impossible range, CmsError CMS_CLOSED after `close`.
   */
  stream(start: number, end: number, signal: AbortSignal): Readable {
    checkRange(start, end, this.plaintextLength);
    if (this.closed || this.sessionKey.every(byte => byte === 0)) {
      throw new CmsError('CMS_CLOSED', 'the media is closed and its session key forgotten');
    }
    return new PlaintextStream(this.content.located, this.content.transform(start, end), signal);
  }

  /** Whether parts of [start, end), one after the other, are as good as one stream: not of what is verified as a whole. */
  dividable(start: number, end: number): boolean {
    return this.content.dividable(start, end);
  }

  /** Later streams are refused; those in flight go on. The caller may overwrite the session key afterwards. */
  close(): void {
    this.closed = true;
  }
}

/** A password brings the initialisation vector with the key, and says something of itself. */
function openCbc(located: LocatedContent, encryption: CbcEncryption, sessionKey: Buffer): DecryptableContent {
  if (encryption.password === undefined) return openCbcContent(located, encryption, sessionKey);
  const { key, iv, evidenceBits } = openPassword(sessionKey);
  const content = openCbcContent(located, { ...encryption, iv }, key);
  return { ...content, evidenceBits: content.evidenceBits + evidenceBits };
}
