import type { ByteSource } from '../byte-source/byte-source.js';
import type { ContentAuthentication } from '../envelope/envelope.js';
import type { AttachedContent } from '../envelope/envelope-head.js';
import { CmsError } from '../cms-error.js';
import { type ContentShape, readFileTrailer } from './file-trailer.js';
import {
  type CiphertextExtract,
  type ContentLayout,
  type ContentMap,
  type LocatedContent,
  tailBytes,
} from './content-map.js';

/** One run of ciphertext. */
class ContiguousContent implements LocatedContent {
  readonly addressing = 'contiguous';

  constructor(
    readonly source: ByteSource,
    private readonly start: number,
    readonly ciphertextLength: number,
    readonly tail: Buffer,
    readonly authentication: ContentAuthentication | undefined,
  ) {}

  extract(start: number, end: number): CiphertextExtract {
    return { start: this.start + start, end: this.start + end };
  }
}

/** A stored file that is nothing but ciphertext. */
export class DetachedContentMap implements ContentMap {
  readonly layout: ContentLayout = 'detached';

  constructor(private readonly authentication: ContentAuthentication | undefined) {}

  async locate(source: ByteSource, signal: AbortSignal): Promise<LocatedContent> {
    const tail = await source.read(Math.max(0, source.size - tailBytes), source.size, signal);
    return new ContiguousContent(source, 0, source.size, tail, this.authentication);
  }
}

/** A stored file that is ciphertext with the authentication tag at its end. */
export class TaggedContentMap implements ContentMap {
  readonly layout: ContentLayout = 'detached';

  constructor(private readonly tagLength: number) {}

  async locate(source: ByteSource, signal: AbortSignal): Promise<LocatedContent> {
    const length = source.size - this.tagLength;
    if (length < 0) {
      const expected = `at least the ${this.tagLength} bytes of the authentication tag`;
      throw new CmsError('CMS_TRUNCATED', `the stored file has ${source.size} bytes`, { expected });
    }
    const bytes = await source.read(Math.max(0, length - tailBytes), source.size, signal);
    const tag = Buffer.from(bytes.subarray(-this.tagLength));
    const tail = bytes.subarray(0, -this.tagLength);
    return new ContiguousContent(source, 0, length, tail, { tag, additionalData: Buffer.alloc(0) });
  }
}

/** Content in one primitive OCTET STRING of known length. */
export class DefiniteContentMap implements ContentMap {
  readonly layout: ContentLayout = 'definite';

  constructor(
    private readonly shape: ContentShape,
    private readonly content: AttachedContent,
  ) {}

  async locate(source: ByteSource, signal: AbortSignal): Promise<LocatedContent> {
    const { contentOffset, end = contentOffset } = this.content.header;
    if (end > source.size) {
      throw new CmsError('CMS_TRUNCATED', `the content ends at byte ${end} of ${source.size}`, { offset: source.size });
    }
    const length = end - contentOffset;
    const { tail, authentication } = await readFileTrailer(source, this.shape, this.content.enclosing, {
      trailerOffset: end,
      tailOffset: end - Math.min(length, tailBytes),
      signal,
    });
    return new ContiguousContent(source, contentOffset, length, tail, authentication);
  }
}
