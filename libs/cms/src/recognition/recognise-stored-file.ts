import type { ByteSource } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import { containerOf } from '../envelope/content-info.js';
import { unwrap } from '../wrapping/unwrapping.js';
import { findWrapper, longestPreamble } from '../wrapping/wrapped-text.js';
import { isText } from '../wrapping/wrapper.js';
import { envelopeTrace } from './envelope-traces.js';
import { mediaHeadBytes, recogniseMedia } from './recognise-media.js';
import { entropyOf } from './redundancy.js';

/** What a stored file is by itself, without anything that is said about it elsewhere. */
export type RecognisedFile =
  /** An envelope, its content with it or not. */
  | { readonly kind: 'envelope' }
  /** Media in the clear, by its signature. */
  | { readonly kind: 'media'; readonly format: string }
  /** Something of an envelope, or another container: not media in the clear, and not to be opened. */
  | { readonly kind: 'trace'; readonly trace: string }
  /** Raw ciphertext, raw media without a signature, or anything. */
  | { readonly kind: 'unknown'; readonly entropy: number };

/** Looks at the first 8 KiB, and through text up to 1 MiB. */
export async function recogniseStoredFile(source: ByteSource, signal: AbortSignal): Promise<RecognisedFile> {
  const head = await source.read(0, Math.min(source.size, mediaHeadBytes), signal);
  const container = containerOf(head)?.kind;
  if (container === 'envelope') return { kind: 'envelope' };
  if (container === 'signed-data') return recogniseInside(source, head, signal);
  const media = recogniseMedia(head, source.size);
  // No media is text; text may begin like media, and go on with an envelope.
  if (media !== undefined && !isText(head.toString('latin1'))) return { kind: 'media', format: media.format };
  const searched = await findWrapper(source, head, signal);
  if (searched.wrapper !== undefined) return recogniseInside(source, searched.head, signal);
  const trace = envelopeTrace(searched.head) ?? endlessText(searched.head, source.size);
  if (trace !== undefined) return { kind: 'trace', trace };
  return media === undefined ? { kind: 'unknown', entropy: entropyOf(head) } : { kind: 'media', format: media.format };
}

/** Whether an envelope is inside what wraps it; text that is broken further on is found out when the envelope is read. */
async function recogniseInside(source: ByteSource, head: Buffer, signal: AbortSignal): Promise<RecognisedFile> {
  try {
    const inner = await unwrap(source, head, signal);
    if (containerOf(inner.head)?.kind === 'envelope') return { kind: 'envelope' };
    return { kind: 'trace', trace: `${named(inner.wrappers)} around something that is no envelope` };
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    return containerOf(head)?.kind === 'signed-data'
      ? { kind: 'trace', trace: `a SignedData that cannot be read: ${error.message}` }
      : { kind: 'envelope' };
  }
}

const names = { pem: 'PEM', smime: 'a mail', base64: 'base64', 'signed-data': 'SignedData' } as const;
const named = (wrappers: readonly (keyof typeof names)[]): string => wrappers.map(kind => names[kind]).join(', ');

const endlessText = (head: Buffer, size: number): string | undefined =>
  head.length >= longestPreamble && head.length < size && isText(head.toString('latin1'))
    ? `text that goes on for more than ${longestPreamble} bytes`
    : undefined;
