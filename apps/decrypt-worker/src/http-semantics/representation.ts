import { createHash } from 'node:crypto';

/** The plaintext of a media file as HTTP sees it. */
export interface Representation {
  /** Exact length in bytes. */
  readonly length: number;
  /** Strong entity tag with its quotes, RFC 9110, 8.8.3. */
  readonly entityTag: string;
  readonly lastModified: Date | undefined;
  readonly contentType: string;
}

/**
 * A strong tag that every worker computes alike from what the store says of the file and from the envelope; it says
 * nothing about the plaintext.
 */
export function entityTagOf(stored: {
  readonly entityTag: string | undefined;
  readonly lastModified: Date | undefined;
  readonly size: number;
  readonly envelopeDigest: string | undefined;
}): string {
  const identity = [
    stored.entityTag ?? stored.lastModified?.toISOString() ?? '',
    stored.size,
    stored.envelopeDigest ?? '',
  ];
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest('base64url');
  return `"${digest.slice(0, 27)}"`;
}
