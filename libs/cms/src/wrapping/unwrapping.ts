import type { ByteSource } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import type { SegmentSearch } from '../content/segmented-content.js';
import { containerOf } from '../envelope/content-info.js';
import { openSignedData } from './signed-data.js';
import { decodeText, findWrapper } from './wrapped-text.js';
import type { Wrapper } from './wrapper.js';

/** What may be around an envelope. */
export type WrapperKind = Wrapper['kind'] | 'signed-data';

export interface UnwrappedFile {
  /** The bytes inside everything that was known. */
  readonly source: ByteSource;
  /** The first of them. */
  readonly head: Buffer;
  /** From the outermost to the innermost; empty when the file is what it is. */
  readonly wrappers: readonly WrapperKind[];
}

/** A mail inside SignedData inside a mail is one more than anybody sends. */
const maximumWrappers = 4;
const headBytes = 16 * 1024;

/**
 * Takes away what other programs put around an envelope, and what may be around that.
 * @param head the first bytes of the file.
 * @throws CmsError if a wrapper is broken, or there are more than anybody needs.
 */
export async function unwrap(
  source: ByteSource,
  head: Buffer,
  signal: AbortSignal,
  segmentSearch: SegmentSearch = 'pattern-or-scan',
): Promise<UnwrappedFile> {
  let inner: UnwrappedFile = { source, head, wrappers: [] };
  for (;;) {
    const { kind, open } = await wrapperOf(inner, segmentSearch, signal);
    if (kind === undefined) return inner;
    const { length } = inner.wrappers;
    if (length === maximumWrappers) throw new CmsError('CMS_LIMIT_EXCEEDED', `more than ${length} wrappers`);
    const next = await open();
    inner = {
      source: next,
      head: await next.read(0, Math.min(headBytes, next.size), signal),
      wrappers: [...inner.wrappers, kind],
    };
  }
}

type FoundWrapper =
  | { readonly kind: undefined; readonly open?: undefined }
  | { readonly kind: WrapperKind; readonly open: () => Promise<ByteSource> };

async function wrapperOf(
  { source, head }: UnwrappedFile,
  segmentSearch: SegmentSearch,
  signal: AbortSignal,
): Promise<FoundWrapper> {
  const container = containerOf(head);
  if (container?.kind === 'signed-data')
    return { kind: 'signed-data', open: () => openSignedData(source, head, segmentSearch, signal) };
  if (container !== undefined) return { kind: undefined };
  const { wrapper } = await findWrapper(source, head, signal);
  return wrapper === undefined
    ? { kind: undefined }
    : { kind: wrapper.kind, open: () => decodeText(source, wrapper, signal, segmentSearch) };
}
