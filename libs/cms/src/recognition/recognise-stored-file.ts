import type { ByteSource } from '../byte-source/byte-source.js';
import { beginsLikeEnvelope } from '../envelope/envelope-head.js';
import { detectWrapper } from '../wrapping/wrapper.js';
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

/** Looks at the first 8 KiB. */
export async function recogniseStoredFile(source: ByteSource, signal: AbortSignal): Promise<RecognisedFile> {
  const head = await source.read(0, Math.min(source.size, mediaHeadBytes), signal);
  if (beginsLikeEnvelope(head) || detectWrapper(head) !== undefined) return { kind: 'envelope' };
  const media = recogniseMedia(head, source.size);
  if (media !== undefined) return { kind: 'media', format: media.format };
  const trace = envelopeTrace(head);
  return trace === undefined ? { kind: 'unknown', entropy: entropyOf(head) } : { kind: 'trace', trace };
}
