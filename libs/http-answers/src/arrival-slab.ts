import { withMemoryOfItsOwn, type Piece } from '#spent-memory';

/**
 * The place that the system writes to what comes on a connection (`onread` of node:net). The socket asks for `room` once it
 * exists and after each of its callbacks, and writes there until the next one returns. So the slab may be exchanged inside of
 * a callback alone: anywhere else the bytes that come next would land in the one of before.
 */
export class ArrivalSlab {
  private memory: Buffer;
  /** That of the memory may be given back while this is asked for. */
  private size: number;
  private taken = 0;
  private filled = 0;

  /** @param bytes its size */
  constructor(bytes: number) {
    this.memory = Buffer.allocUnsafeSlow(bytes);
    this.size = bytes;
  }

  /** Where the next bytes belong: behind those that came, which may still be on their way to a player. */
  get room(): Buffer {
    return this.memory.subarray(this.filled);
  }

  get isFull(): boolean {
    return this.filled === this.size;
  }

  /** Notes bytes that were written where `room` is. */
  came(bytes: number): void {
    this.filled += bytes;
  }

  /**
   * What came and was not taken before; whoever takes it keeps it, and may dispose of the last piece of a full slab: then its
   * memory is that of the next one, in the cache of the processor, instead of fresh pages of the system.
   */
  take(): Piece {
    const piece = this.memory.subarray(this.taken, this.filled);
    this.taken = this.filled;
    return this.isFull ? withMemoryOfItsOwn(piece) : piece;
  }

  /** Another place for what comes next, once all was taken; inside of a callback of the socket alone. */
  exchange(bytes: number): void {
    this.memory = Buffer.allocUnsafeSlow(bytes);
    this.size = bytes;
    this.taken = 0;
    this.filled = 0;
  }
}
