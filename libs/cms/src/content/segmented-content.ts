import type { ByteSource } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import type { AttachedContent } from '../envelope/envelope-head.js';
import type { ContentLayout, ContentMap, LocatedContent } from './content-map.js';
import { type ContentShape, readFileTrailer } from './file-trailer.js';
import { locateRegularSegments, readFirstSegment } from './regular-segments.js';
import { openIndexedSegments } from './indexed-segments.js';
import { scanSegments } from './segment-scan.js';
import type { OpenString } from './segment-stripper.js';

/** How the segments of a constructed OCTET STRING are found. */
export type SegmentSearch =
  /** By arithmetic if first header and tail agree with even segments, else by a scan. Verified as it is used. */
  | 'pattern-or-scan'
  /** By reading the whole file once. */
  | 'scan';

/** Content in a constructed OCTET STRING. */
export class SegmentedContentMap implements ContentMap {
  readonly layout: ContentLayout = 'segmented';

  constructor(
    private readonly shape: ContentShape,
    private readonly content: AttachedContent,
    private readonly search: SegmentSearch,
  ) {}

  async locate(source: ByteSource, signal: AbortSignal): Promise<LocatedContent> {
    const { contentOffset, end } = this.content.header;
    if (end !== undefined && end > source.size) {
      throw new CmsError('CMS_TRUNCATED', `the content ends at byte ${end} of ${source.size}`, { offset: source.size });
    }
    const whole: OpenString = { end, depth: 0, parent: undefined };
    if (this.search === 'pattern-or-scan') {
      const first = await readFirstSegment(source, contentOffset, signal);
      const regular =
        first === undefined
          ? undefined
          : await locateRegularSegments({
              source,
              shape: this.shape,
              content: this.content,
              whole,
              first,
              signal,
            });
      if (regular !== undefined) return regular;
    }
    const index = await scanSegments(source, contentOffset, whole, signal);
    const { authentication } = await readFileTrailer(source, this.shape, this.content.enclosing, {
      trailerOffset: index.trailerOffset,
      tailOffset: index.trailerOffset,
      signal,
    });
    return openIndexedSegments(source, index, authentication, signal);
  }
}
