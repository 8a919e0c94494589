import type { Readable } from 'node:stream';
import type { KnownTree } from './pinned-storage.js';

/** What a media session needs of the media, plain or encrypted. */
export interface OpenMedia {
  /** Exact length of the plaintext in bytes. */
  readonly length: number;
  readonly entityTag: string;
  readonly lastModified: Date | undefined;
  /** Alias of the certificate whose key opened it; undefined for plain media. */
  readonly certificateAlias: string | undefined;
  /** Whose key opened it, by which the session is found when the key may open nothing any more; not of plain media. */
  readonly openedBy?: { readonly contactCenter: string; readonly keyIdentifier: string };
  /** Of which more may be sent while it is open; absent where the bytes are checked against none. */
  readonly tree?: KnownTree | undefined;
  /** What it keeps beside the session key: the leaves of a content tree. */
  readonly memoryBytes?: number;
  /** Plaintext [start, end). */
  stream(start: number, end: number, signal: AbortSignal): Readable;
  /** Whether [start, end) may be sent in parts; false where it is verified, or found, only as a whole. */
  dividable(start: number, end: number): boolean;
  /** A key of 32 bytes for what belongs to the media and is kept elsewhere; absent for plain media, which have none. */
  readonly deriveKey?: (purpose: string) => Buffer;
  /** Forgets the session key. */
  close(): void;
}

/** A key that may open nothing any more; named by its identifier or by the alias of its certificate. */
export interface ForgottenKey {
  readonly contactCenter: string;
  readonly keyIdentifier: string;
}

/** Whether it was this key that opened the media. */
export function isOpenedBy({ openedBy, certificateAlias }: OpenMedia, key: ForgottenKey): boolean {
  if (openedBy?.contactCenter !== key.contactCenter) return false;
  return openedBy.keyIdentifier === key.keyIdentifier || certificateAlias === key.keyIdentifier;
}

/** Opened media that several requests share. It is closed, and its key zeroed, when nobody uses it any more. */
export class MediaSession {
  private leases = 0;
  private retired = false;
  private closed = false;
  private ended: Error | undefined;
  private readonly streams = new Set<Readable>();

  /** @param onClosed called once, when the media is closed. */
  constructor(
    readonly media: OpenMedia,
    private readonly onClosed: (session: MediaSession) => void = () => undefined,
  ) {}

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

  /** Plaintext [start, end). @throws the reason why the session was ended. */
  stream(start: number, end: number, signal: AbortSignal): Readable {
    if (this.ended !== undefined) throw this.ended;
    const stream = this.media.stream(start, end, signal);
    this.streams.add(stream);
    stream.once('close', () => this.streams.delete(stream));
    return stream;
  }

  /** Nobody new will come; the last lease closes it. */
  retire(): void {
    this.retired = true;
    this.closeIfUnused();
  }

  /** Breaks off what runs, and lets nothing begin any more. */
  end(reason: Error): void {
    this.ended = reason;
    for (const stream of this.streams) stream.destroy(reason);
    this.retire();
  }

  private closeIfUnused(): void {
    if (!this.retired || this.leases > 0 || this.closed) return;
    this.closed = true;
    this.media.close();
    this.onClosed(this);
  }
}
