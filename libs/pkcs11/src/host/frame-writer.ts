const initialBytes = 8192;
const lengthBytes = 4;
/** Kept for the next turn; what was larger is left to the garbage collector. */
const mostKeptBytes = 256 * 1024;

/**
 * Frames that leave together, one behind the other: a length of four bytes, a byte that says what follows, and that. Filled
 * from front to end; numbers are little endian.
 */
export class FrameWriter {
  private bytes = Buffer.allocUnsafeSlow(initialBytes);
  private end = 0;
  private start = 0;

  get isEmpty(): boolean {
    return this.end === 0;
  }

  /** Begins a frame. */
  begin(type: number): void {
    this.start = this.end;
    this.room(lengthBytes + 1);
    this.end += lengthBytes;
    this.bytes[this.end++] = type;
  }

  /** The frame is complete. */
  finish(): void {
    this.bytes.writeUInt32LE(this.end - this.start - lengthBytes, this.start);
  }

  byte(value: number): void {
    this.room(1);
    this.bytes[this.end++] = value;
  }

  uint16(value: number): void {
    this.room(2);
    this.end = this.bytes.writeUInt16LE(value, this.end);
  }

  uint32(value: number): void {
    this.room(4);
    this.end = this.bytes.writeUInt32LE(value, this.end);
  }

  double(value: number): void {
    this.room(8);
    this.end = this.bytes.writeDoubleLE(value, this.end);
  }

  /** Bytes without their length. */
  raw(value: Uint8Array): void {
    this.room(value.length);
    this.bytes.set(value, this.end);
    this.end += value.length;
  }

  /** Bytes, their length before them. */
  sized(value: Uint8Array): void {
    this.uint16(value.length);
    this.raw(value);
  }

  /** Takes everything out. Whoever gets it overwrites it and may give it back by `reuse`. */
  take(): Buffer<ArrayBuffer> {
    const taken = this.bytes.subarray(0, this.end);
    this.bytes = noBytes;
    this.end = 0;
    return taken;
  }

  /** Memory for the next frames. */
  reuse({ buffer }: Buffer<ArrayBuffer>): void {
    if (this.bytes.length === 0 && buffer.byteLength <= mostKeptBytes) this.bytes = Buffer.from(buffer);
  }

  private room(more: number): void {
    if (this.end + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(initialBytes, this.bytes.length * 2, this.end + more));
    larger.set(this.bytes.subarray(0, this.end));
    this.bytes.fill(0, 0, this.end);
    this.bytes = larger;
  }
}

const noBytes = Buffer.alloc(0);
