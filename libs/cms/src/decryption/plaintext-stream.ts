import { Readable } from 'node:stream';
import { spend, withMemoryOfItsOwn, type Piece } from '#spent-memory';
import { CmsError } from '../cms-error.js';
import type { CiphertextExtract, LocatedContent } from '../content/content-map.js';
import type { ContentTransform } from './content-transform.js';

/** A cipher call and a hand-over per this many bytes is where both stop to matter. */
const coalescedBytes = 64 * 1024;
/** Four full TLS records without the headers of segments in them are enough. */
const fullEnoughBytes = 60 * 1024;
/** Chunks of this size are worth a cipher call of their own. */
const largeEnoughBytes = 32 * 1024;

/** Pieces are put side by side here for one synchronous cipher call; every stream of the process uses the same place. */
const gathered = Buffer.allocUnsafeSlow(coalescedBytes);

/**
 * Plaintext as it is asked for: stored bytes come in as they arrive, are stripped of headers, decrypted and handed on in
 * chunks of about 64 KiB. Nothing is kept but the chunk at hand. The last bytes are released only when all ciphertext has
 * passed the verification of the transform.
 */
export class PlaintextStream extends Readable {
  private upstream: Readable | undefined;
  private started = false;
  private waiting = false;
  private flushPlanned = false;
  private pieces: Piece[] = [];
  private piecesBytes = 0;
  private readonly extract: CiphertextExtract;
  private storedLeft: number;
  private ciphertextLeft: number;
  private discardLeft: number;
  private plaintextLeft: number;
  private heldBack: Buffer | undefined;
  private readonly onAbort = (): void => {
    this.destroy(abortReason(this.signal));
  };

  constructor(
    private readonly content: LocatedContent,
    private readonly transform: ContentTransform,
    private readonly signal: AbortSignal,
  ) {
    super({ highWaterMark: coalescedBytes });
    this.extract = content.extract(transform.start, transform.end);
    this.storedLeft = this.extract.end - this.extract.start;
    this.ciphertextLeft = transform.end - transform.start;
    this.discardLeft = transform.discard;
    this.plaintextLeft = transform.length;
    if (signal.aborted) this.destroy(abortReason(signal));
    else signal.addEventListener('abort', this.onAbort, { once: true });
  }

  override _read(): void {
    if (!this.started) {
      this.started = true;
      this.start();
    } else if (this.waiting) {
      this.waiting = false;
      this.upstream?.resume();
    }
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.signal.removeEventListener('abort', this.onAbort);
    this.pieces = [];
    this.heldBack = undefined;
    if (this.upstream?.readableEnded === false) this.upstream.destroy();
    callback(error);
  }

  private start(): void {
    if (this.ciphertextLeft === 0) {
      this.guard(() => {
        this.transform.verify(Buffer.alloc(0));
        this.push(null);
      });
      return;
    }
    const { check } = this.extract;
    if (check === undefined) return this.connect();
    this.checkHeader(check).then(
      () => {
        if (!this.destroyed) this.connect();
      },
      (error: unknown) => this.fail(error),
    );
  }

  private async checkHeader({ offset, header }: NonNullable<CiphertextExtract['check']>): Promise<void> {
    const found = await this.content.source.read(offset, offset + header.length, this.signal);
    if (!found.equals(header)) {
      throw new CmsError('CMS_PATTERN_BROKEN', 'the segments of the content are uneven', {
        offset,
        expected: 'the header of the first segment; open the file with a scan of its segments',
      });
    }
  }

  private connect(): void {
    this.guard(() => {
      const upstream = this.content.source.stream(this.extract.start, this.extract.end, this.signal);
      this.upstream = upstream;
      // eslint-disable-next-line no-restricted-syntax -- its errors, end and early close are heard below
      upstream.on('data', (chunk: Piece) => this.receive(chunk));
      upstream.on('end', () => this.finish());
      upstream.on('error', (error: unknown) => this.fail(error));
      upstream.on('close', () => {
        if (!upstream.readableEnded) this.fail(this.truncated());
      });
    });
  }

  private receive(chunk: Piece): void {
    if (this.destroyed) return;
    this.guard(() => {
      this.storedLeft -= chunk.length;
      if (this.storedLeft < 0) throw new Error('the source gives more bytes than it was asked for');
      this.strip(chunk);
      if (this.piecesBytes >= fullEnoughBytes || (chunk.length >= largeEnoughBytes && this.piecesBytes > 0)) {
        this.flush();
      } else if (!this.flushPlanned && this.piecesBytes > 0) {
        // Small chunks come in bursts, many TLS records from one read: what the present burst brings goes together.
        this.flushPlanned = true;
        setImmediate(() => {
          this.flushPlanned = false;
          if (!this.destroyed) this.guard(() => this.flush());
        });
      }
    });
  }

  private strip(chunk: Piece): void {
    const { stripper } = this.extract;
    if (stripper === undefined) {
      this.pieces.push(chunk);
      this.piecesBytes += chunk.length;
      return;
    }
    const before = this.pieces.length;
    stripper.write(chunk, this.pieces);
    for (let i = before; i < this.pieces.length; i++) this.piecesBytes += this.pieces[i]?.length ?? 0;
  }

  private flush(): void {
    const { pieces } = this;
    this.pieces = [];
    this.piecesBytes = 0;
    let filled = 0;
    let wantsMore = true;
    for (const piece of pieces) {
      if (filled + piece.length > gathered.length) {
        if (filled > 0) wantsMore = this.decrypt(gathered.subarray(0, filled));
        filled = 0;
      }
      if (pieces.length === 1 || piece.length > gathered.length) {
        for (let from = 0; from < piece.length; from += coalescedBytes) {
          wantsMore = this.decrypt(piece.subarray(from, from + coalescedBytes));
        }
      } else {
        filled += piece.copy(gathered, filled);
      }
      spend(piece);
    }
    if (filled > 0) wantsMore = this.decrypt(gathered.subarray(0, filled));
    if (!wantsMore && this.ciphertextLeft > 0) {
      this.waiting = true;
      this.upstream?.pause();
    }
  }

  /** @returns false when the reader has enough for now. */
  private decrypt(ciphertext: Buffer): boolean {
    let plaintext = this.transform.update(ciphertext);
    this.ciphertextLeft -= ciphertext.length;
    if (this.discardLeft > 0) {
      const dropped = Math.min(this.discardLeft, plaintext.length);
      this.discardLeft -= dropped;
      plaintext = plaintext.subarray(dropped);
    }
    const wanted = withMemoryOfItsOwn(plaintext.subarray(0, this.plaintextLeft));
    this.plaintextLeft -= wanted.length;
    if (this.ciphertextLeft === 0) return this.release(wanted, plaintext.subarray(wanted.length));
    if (this.plaintextLeft > 0) return wanted.length === 0 || this.push(wanted);
    this.heldBack ??= wanted;
    return true;
  }

  /** The last bytes, now that everything has been seen. */
  private release(wanted: Buffer, rest: Buffer): boolean {
    this.transform.verify(rest);
    if (this.heldBack !== undefined) this.push(this.heldBack);
    this.heldBack = undefined;
    if (wanted.length > 0) this.push(wanted);
    if (this.storedLeft > 0) this.push(null);
    return true;
  }

  /** The source has ended, so that its connection is free again. */
  private finish(): void {
    if (this.destroyed) return;
    this.guard(() => {
      if (this.piecesBytes > 0) this.flush();
      if (this.ciphertextLeft > 0) throw this.truncated();
      if (this.storedLeft === 0) this.push(null);
    });
  }

  private truncated(): CmsError {
    const offset = this.extract.end - Math.max(0, this.storedLeft);
    return new CmsError('CMS_TRUNCATED', 'the stored bytes end within the content', { offset });
  }

  private guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('the reader gave up');
}
