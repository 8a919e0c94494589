import type { Duplex } from 'node:stream';
import { FrameSplitter } from './frame-splitter.js';
import { FrameWriter } from './frame-writer.js';

/** How messages become frames and frames messages. */
export interface FrameCodec<Sent, Received> {
  /** Writes one frame. */
  encode(message: Sent, to: FrameWriter): void;
  /** The frame is overwritten afterwards: nothing in the message refers to it. */
  decode(frame: Buffer): Received;
}

/**
 * Messages over a stream between two processes. Everything sent in one turn of the event loop leaves in one write. Messages
 * carry PINs and session keys, so every copy that is made here is overwritten once it has been used; the receiver owns the
 * buffers in what it gets.
 */
export class FrameChannel<Sent, Received> {
  private readonly writer = new FrameWriter();
  private readonly flushLater = (): void => this.flush();
  private scheduled = false;
  private readonly splitter: FrameSplitter;

  /** @param onClosed called once when the other side is gone, or has sent what is no message. */
  constructor(
    private readonly stream: Duplex,
    private readonly codec: FrameCodec<Sent, Received>,
    onMessage: (message: Received) => void,
    onClosed: () => void,
  ) {
    this.splitter = new FrameSplitter(frame => {
      const message = this.decoded(frame);
      if (message !== undefined) onMessage(message);
    });
    // eslint-disable-next-line no-restricted-syntax -- a stream that fails closes, which is listened to below
    stream.on('data', (chunk: Buffer) => this.receive(chunk));
    stream.on('error', () => undefined);
    stream.once('end', () => stream.destroy());
    stream.once('close', onClosed);
  }

  /** For what a stream hands over in another way than as `data`; overwritten. */
  receive(chunk: Buffer): void {
    if (!this.splitter.take(chunk)) this.stream.destroy();
  }

  /** What cannot be sent any more is dropped: whoever waits for an answer hears that the other side is gone. */
  send(message: Sent): void {
    if (this.stream.destroyed || !this.stream.writable) return;
    this.codec.encode(message, this.writer);
    if (!this.scheduled) this.scheduleFlush();
  }

  /** As `send`, and on its way when this returns, whatever holds up the event loop afterwards. */
  sendAtOnce(message: Sent): void {
    this.send(message);
    this.flush();
  }

  /** Sends what is on its way, and then calls back. */
  end(flushed: () => void): void {
    this.flush();
    if (this.stream.destroyed) flushed();
    else this.stream.end(flushed);
  }

  /** Whoever sends what is no message is beyond help. */
  private decoded(frame: Buffer): Received | undefined {
    try {
      return this.codec.decode(frame);
    } catch {
      this.stream.destroy();
      return undefined;
    }
  }

  private scheduleFlush(): void {
    this.scheduled = true;
    setImmediate(this.flushLater);
  }

  private flush(): void {
    this.scheduled = false;
    if (this.writer.isEmpty || this.stream.destroyed) return;
    const bytes = this.writer.take();
    this.stream.write(bytes, () => {
      bytes.fill(0);
      this.writer.reuse(bytes);
    });
  }
}
