const lengthBytes = 4;
/** The largest message by far is the list of all keys and certificates of a token. */
const maximumFrameBytes = 256 * 1024 * 1024;

/**
 * Cuts what comes in into frames (a length of four bytes, then so many bytes). Whatever was given out is overwritten once
 * the receiver has looked at it.
 */
export class FrameSplitter {
  private readonly chunks: Buffer[] = [];
  private buffered = 0;

  /** @param onFrame gets each frame; what it keeps of it, it copies. */
  constructor(private readonly onFrame: (frame: Buffer) => void) {}

  /** @param chunk overwritten, and not looked at later. @returns whether this can go on: false for what is no frame */
  take(chunk: Buffer): boolean {
    const rest = this.buffered === 0 ? this.cut(chunk) : chunk;
    if (rest === undefined) return false;
    if (rest.length === 0) return true;
    this.chunks.push(Buffer.from(rest));
    rest.fill(0);
    this.buffered += rest.length;
    return this.assemble();
  }

  /** Frames that lie in one piece. @returns what follows them; undefined for what is no frame */
  private cut(chunk: Buffer): Buffer | undefined {
    let start = 0;
    while (chunk.length - start >= lengthBytes) {
      const length = chunk.readUInt32LE(start);
      if (length > maximumFrameBytes) return undefined;
      const end = start + lengthBytes + length;
      if (end > chunk.length) break;
      this.give(chunk.subarray(start + lengthBytes, end));
      start = end;
    }
    return start === 0 ? chunk : chunk.subarray(start);
  }

  /** Frames that came in several pieces. */
  private assemble(): boolean {
    while (this.buffered >= lengthBytes) {
      const length = this.peekLength();
      if (length > maximumFrameBytes) return false;
      if (this.buffered < lengthBytes + length) return true;
      this.move(Buffer.allocUnsafe(lengthBytes));
      const frame = Buffer.allocUnsafeSlow(length);
      this.move(frame);
      this.give(frame);
    }
    return true;
  }

  private give(frame: Buffer): void {
    try {
      this.onFrame(frame);
    } finally {
      frame.fill(0);
    }
  }

  private peekLength(): number {
    const [first] = this.chunks;
    if (first !== undefined && first.length >= lengthBytes) return first.readUInt32LE(0);
    const joined = Buffer.concat(this.chunks.splice(0));
    this.chunks.push(joined);
    return joined.readUInt32LE(0);
  }

  /** Moves bytes from the chunks to `target`, overwriting where they were. */
  private move(target: Buffer): void {
    let filled = 0;
    while (filled < target.length) {
      const chunk = this.chunks[0];
      if (chunk === undefined) return;
      const part = chunk.subarray(0, target.length - filled);
      part.copy(target, filled);
      part.fill(0);
      filled += part.length;
      if (part.length === chunk.length) this.chunks.shift();
      else this.chunks[0] = chunk.subarray(part.length);
    }
    this.buffered -= filled;
  }
}
