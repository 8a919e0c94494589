/** Smaller memory is left to the collector. */
const worthBytes = 32 * 1024;
/** Slabs of a body that were given back, and wait to be filled again. */
const mostSpare = 2;

/** What came; whoever has used it up may give its memory back, where it says so. */
export type ArrivedPiece = Buffer & Partial<Disposable>;

/**
 * The place that the system writes to what comes on a connection (`onread` of node:net). The socket asks for `room` once it
 * exists and after each of its callbacks, and writes there until the next one returns. So the slab may be exchanged inside of
 * a callback alone: anywhere else the bytes that come next would land in the one of before.
 */
export class ArrivalSlab {
  private memory: Buffer;
  private taken = 0;
  private filled = 0;
  private spare: Buffer[] = [];
  private isRecycled = false;

  /** @param bytes its size */
  constructor(bytes: number) {
    this.memory = Buffer.allocUnsafeSlow(bytes);
  }

  /** Where the next bytes belong: behind those that came, which may still be on their way to a player. */
  get room(): Buffer {
    return this.memory.subarray(this.filled);
  }

  get isFull(): boolean {
    return this.filled === this.memory.length;
  }

  /** Notes bytes that were written where `room` is. */
  came(bytes: number): void {
    this.filled += bytes;
  }

  /**
   * What came and was not taken before; whoever takes it keeps it, and may dispose of the last piece of a full slab: then its
   * memory is that of the next one, in the cache of the processor, instead of fresh pages of the system.
   */
  take(): ArrivedPiece {
    const piece: ArrivedPiece = this.memory.subarray(this.taken, this.filled);
    this.taken = this.filled;
    if (this.isFull && this.filled >= worthBytes)
      piece[Symbol.dispose] = this.isRecycled ? this.giverBack(this.spare) : giveBack;
    return piece;
  }

  /** Another place for what comes next, once all was taken; inside of a callback of the socket alone. */
  exchange(bytes: number): void {
    const spare = this.spare.at(-1)?.length === bytes ? this.spare.pop() : undefined;
    this.memory = spare ?? Buffer.allocUnsafeSlow(bytes);
    this.taken = 0;
    this.filled = 0;
  }

  /** From now on slabs that are given back are filled again: the allocator would overwrite each, and give its pages to the system. */
  recycle(): void {
    this.isRecycled = true;
  }

  /** Nothing of what came stays here, whatever is given back later. */
  forget(): void {
    this.isRecycled = false;
    for (const { buffer } of this.spare.splice(0)) freed(buffer);
    this.spare = [];
  }

  /** @param spare of the body that is coming now; of another one there is another list */
  private giverBack(spare: Buffer[]): (this: Buffer) => void {
    const isOfThisBody = (): boolean => this.isRecycled && this.spare === spare;
    return function (this: Buffer) {
      const { buffer } = this;
      if (!(buffer instanceof ArrayBuffer) || buffer.detached) return;
      // Whoever has the piece still finds nothing in it.
      if (isOfThisBody() && spare.length < mostSpare) spare.push(Buffer.from(buffer.transfer()));
      else freed(buffer);
    };
  }
}

function giveBack(this: Buffer): void {
  freed(this.buffer);
}

function freed(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}
