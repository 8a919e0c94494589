import type { Readable } from 'node:stream';

/** What a media session needs of the media, plain or encrypted. */
export interface OpenMedia {
  /** Exact length of the plaintext in bytes. */
  readonly length: number;
  readonly entityTag: string;
  readonly lastModified: Date | undefined;
  /** Alias of the certificate whose key opened it; undefined for plain media. */
  readonly certificateAlias: string | undefined;
  /** Plaintext [start, end). */
  stream(start: number, end: number, signal: AbortSignal): Readable;
  /** Forgets the session key. */
  close(): void;
}

/** Opened media that several requests share. It is closed, and its key zeroed, when nobody uses it any more. */
export class MediaSession {
  private leases = 0;
  private retired = false;

  constructor(readonly media: OpenMedia) {}

  /** Keeps the session open until the function that is returned has been called. */
  lease(): () => void {
    this.leases++;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.leases--;
      this.closeIfUnused();
    };
  }

  /** Nobody new will come; the last lease closes it. */
  retire(): void {
    this.retired = true;
    this.closeIfUnused();
  }

  private closeIfUnused(): void {
    if (this.retired && this.leases === 0) this.media.close();
  }
}
