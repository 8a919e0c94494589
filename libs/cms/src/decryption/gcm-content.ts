import type { DecipherGCM } from 'node:crypto';
import { finished } from 'node:stream/promises';
import { BufferSource } from '../byte-source/buffer-source.js';
import { CmsError, undecryptable } from '../cms-error.js';
import type { LocatedContent } from '../content/content-map.js';
import type { ContentAuthentication, ContentEncryption } from '../envelope/envelope.js';
import { contentDecipher } from './content-decipher.js';
import { CopyTransform, type ContentTransform, type DecryptableContent } from './content-transform.js';
import { PlaintextStream } from './plaintext-stream.js';

type GcmEncryption = Extract<ContentEncryption, { mode: 'gcm' }>;

/** NIST SP 800-38D, 5.2.1.1: a plaintext has at most 2^39 - 256 bits. */
const maximumLength = 2 ** 36 - 32;

/**
 * Opens GCM content: reads all of it once and checks the authentication tag before anything is released. Up to
 * `memoryLimit` bytes of ciphertext are kept, so that what is released later is what was verified; longer content is read
 * again, and verified again when it is read from its beginning to its end.
 */
export async function openGcmContent(
  located: LocatedContent,
  encryption: GcmEncryption,
  sessionKey: Buffer,
  { memoryLimit, signal }: { readonly memoryLimit: number; readonly signal: AbortSignal },
): Promise<DecryptableContent> {
  const { authentication, ciphertextLength } = located;
  if (authentication === undefined) throw new CmsError('CMS_MALFORMED', 'the content has no authentication tag');
  if (ciphertextLength > maximumLength) {
    const expected = `at most ${maximumLength} bytes`;
    throw new CmsError('CMS_LIMIT_EXCEEDED', `the content has ${ciphertextLength} bytes`, { expected });
  }
  const opened = ciphertextLength > memoryLimit ? located : await loadContent(located, signal);
  const authenticated = () =>
    new AuthenticatedTransform(encryption, sessionKey, authentication, {
      start: 0,
      end: ciphertextLength,
      whole: true,
    });
  await drain(new PlaintextStream(opened, authenticated(), signal));

  const isKept = opened !== located;
  return {
    located: opened,
    plaintextLength: ciphertextLength,
    evidenceBits: encryption.tagLength * 8,
    dividable: (start, end) => isKept || (encryption.iv.length === 12 && !(start === 0 && end === ciphertextLength)),
    transform(start, end) {
      if (start === 0 && end === ciphertextLength) return authenticated();
      if (encryption.iv.length === 12) return new CounterTransform(encryption, sessionKey, start, end);
      return new AuthenticatedTransform(encryption, sessionKey, authentication, { start, end, whole: false });
    },
  };
}

/** GCM from the first byte on; the tag is verified if the range is the whole content. */
class AuthenticatedTransform implements ContentTransform {
  readonly start = 0;
  readonly end: number;
  readonly discard: number;
  readonly length: number;
  private readonly decipher: DecipherGCM;
  private readonly whole: boolean;

  constructor(
    { algorithm, iv, tagLength }: GcmEncryption,
    sessionKey: Buffer,
    { tag, additionalData }: ContentAuthentication,
    range: { readonly start: number; readonly end: number; readonly whole: boolean },
  ) {
    this.end = range.end;
    this.discard = range.start;
    this.length = range.end - range.start;
    this.whole = range.whole;
    this.decipher = contentDecipher(algorithm, sessionKey, iv, { authTagLength: tagLength });
    this.decipher.setAuthTag(tag);
    if (additionalData.length > 0) this.decipher.setAAD(additionalData);
  }

  update(ciphertext: Buffer): Buffer {
    return this.decipher.update(ciphertext);
  }

  verify(): void {
    if (!this.whole) return;
    try {
      this.decipher.final();
    } catch {
      throw undecryptable();
    }
  }
}

const blockLength = 16;

/** A range of verified content: GCM encrypts in counter mode, and its first block has counter 2 (SP 800-38D, 7.1). */
class CounterTransform implements ContentTransform {
  readonly start: number;
  readonly end: number;
  readonly discard: number;
  readonly length: number;
  private readonly decipher;

  constructor({ iv, keyLength }: GcmEncryption, sessionKey: Buffer, start: number, end: number) {
    const block = Math.floor(start / blockLength);
    this.start = block * blockLength;
    this.end = end;
    this.discard = start - this.start;
    this.length = end - start;
    const counter = Buffer.alloc(blockLength);
    iv.copy(counter);
    counter.writeUInt32BE(block + 2, 12);
    this.decipher = contentDecipher(`aes-${keyLength * 8}-ctr`, sessionKey, counter);
  }

  update(ciphertext: Buffer): Buffer {
    return this.decipher.update(ciphertext);
  }

  verify(): void {
    return;
  }
}

/** The same content, its ciphertext in memory. */
async function loadContent(located: LocatedContent, signal: AbortSignal): Promise<LocatedContent> {
  const pieces: Buffer[] = [];
  const stream = new PlaintextStream(located, new CopyTransform(0, located.ciphertextLength), signal);
  for await (const piece of stream as AsyncIterable<Buffer>) pieces.push(piece);
  return {
    source: new BufferSource(Buffer.concat(pieces)),
    addressing: 'contiguous',
    ciphertextLength: located.ciphertextLength,
    tail: located.tail,
    authentication: located.authentication,
    extract: (start, end) => ({ start, end }),
  };
}

async function drain(stream: PlaintextStream): Promise<void> {
  stream.resume();
  await finished(stream);
}
