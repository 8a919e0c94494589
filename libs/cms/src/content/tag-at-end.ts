import type { ByteSource } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import type { ContentLayout, ContentMap, LocatedContent } from './content-map.js';

/** Content of EnvelopedData whose last bytes are the authentication tag of AES-GCM, as some libraries write it. */
export class TagAtEndContentMap implements ContentMap {
  readonly layout: ContentLayout;

  constructor(
    private readonly content: ContentMap,
    private readonly tagLength: number,
  ) {
    this.layout = content.layout;
  }

  async locate(source: ByteSource, signal: AbortSignal): Promise<LocatedContent> {
    const located = await this.content.locate(source, signal);
    const ciphertextLength = located.ciphertextLength - this.tagLength;
    if (ciphertextLength < 0) {
      const expected = `at least the ${this.tagLength} bytes of the authentication tag`;
      throw new CmsError('CMS_TRUNCATED', `the content has ${located.ciphertextLength} bytes`, { expected });
    }
    const tag = Buffer.from(located.tail.subarray(-this.tagLength));
    return {
      source: located.source,
      addressing: located.addressing,
      ciphertextLength,
      tail: located.tail.subarray(0, -this.tagLength),
      authentication: { tag, additionalData: Buffer.alloc(0) },
      extract: (start, end) => located.extract(start, end),
    };
  }
}
