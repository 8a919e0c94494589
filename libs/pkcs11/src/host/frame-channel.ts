import type { Duplex } from 'node:stream';
import { deserialize, serialize } from 'node:v8';

const lengthBytes = 4;
/** The largest message by far is the list of all keys and certificates of a token. */
const maximumFrameBytes = 256 * 1024 * 1024;

/**
 * Messages over a stream between two processes: a length of four bytes, then the value as structured clone. Everything
 * sent in one turn of the event loop leaves in one write. Messages carry PINs and session keys, so every copy that is made
 * here is overwritten once it has been used; the receiver owns the buffers in what it gets.
 */
export class FrameChannel<Sent, Received> {
  private readonly chunks: Buffer[] = [];
  private buffered = 0;
  private corked = false;

  /** @param onClosed called once when the other side is gone, or has sent what is no message. */
  constructor(
    private readonly stream: Duplex,
    private readonly onMessage: (message: Received) => void,
    onClosed: () => void,
  ) {
    // eslint-disable-next-line no-restricted-syntax -- a stream that fails closes, which is listened to below
    stream.on('data', (chunk: Buffer) => this.take(chunk));
    stream.on('error', () => undefined);
    stream.once('end', () => stream.destroy());
    stream.once('close', onClosed);
  }

  /** What cannot be sent any more is dropped: whoever waits for an answer hears that the other side is gone. */
  send(message: Sent): void {
    if (this.stream.destroyed || !this.stream.writable) return;
    this.uncorkLater();
    const payload = serialize(message);
    const length = Buffer.allocUnsafe(lengthBytes);
    length.writeUInt32LE(payload.length);
    this.stream.write(length);
    this.stream.write(payload, () => payload.fill(0));
  }

  /** As `send`, and on its way when this returns, whatever holds up the event loop afterwards. */
  sendAtOnce(message: Sent): void {
    this.send(message);
    this.uncork();
  }

  /** Sends what is on its way, and then calls back. */
  end(flushed: () => void): void {
    this.uncork();
    if (this.stream.destroyed) flushed();
    else this.stream.end(flushed);
  }

  private uncorkLater(): void {
    if (this.corked) return;
    this.corked = true;
    this.stream.cork();
    setImmediate(() => this.uncork());
  }

  private uncork(): void {
    if (!this.corked) return;
    this.corked = false;
    this.stream.uncork();
  }

  private take(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    for (let frame = this.nextFrame(); frame !== undefined; frame = this.nextFrame()) {
      this.onMessage(deserialize(frame) as Received);
    }
  }

  /** A whole message, in memory of its own, if one is there. */
  private nextFrame(): Buffer | undefined {
    if (this.buffered < lengthBytes) return undefined;
    const length = this.peekLength();
    if (length > maximumFrameBytes) {
      this.stream.destroy();
      return undefined;
    }
    if (this.buffered < lengthBytes + length) return undefined;
    this.move(Buffer.allocUnsafe(lengthBytes));
    const frame = Buffer.allocUnsafeSlow(length);
    this.move(frame);
    return frame;
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
