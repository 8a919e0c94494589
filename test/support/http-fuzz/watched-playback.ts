import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export interface WatchedRecording {
  readonly url: string;
  readonly ca: Buffer;
  readonly user: { readonly name: string; readonly password: string };
  readonly media: Buffer;
}

/** A player takes a piece, plays it for this long, and takes the next one; milliseconds and bytes. */
const pieceMs = 40;
const pieceBytes = 32 * 1024;

/** Plays a recording again and again, compares every byte and measures how long each piece took to come. */
export class WatchedPlayback {
  private readonly times: number[] = [];
  private readonly wrong: string[] = [];
  private whole = 0;
  private stopping = false;
  private readonly running: Promise<void>;

  constructor(private readonly recording: WatchedRecording) {
    this.running = this.run();
  }

  /** Of each piece since the last call, milliseconds; 40 where the player never had to wait. */
  takeTimes(): number[] {
    return this.times.splice(0);
  }

  /** Ends after the playback that runs. Answers how many were whole, and what was wrong with others. */
  async stop(): Promise<{ readonly whole: number; readonly wrong: readonly string[] }> {
    this.stopping = true;
    await this.running;
    return { whole: this.whole, wrong: this.wrong };
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.play();
        this.whole++;
      } catch (error) {
        this.wrong.push(error instanceof Error ? error.message : String(error));
        await sleep(200);
      }
    }
  }

  private async play(): Promise<void> {
    const { url, ca, user, media } = this.recording;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { ca, auth: `${user.name}:${user.password}`, agent: false }, resolve).on('error', reject);
    });
    if (answer.statusCode !== 200) throw new Error(`a playback was answered ${answer.statusCode}`);
    let offset = 0;
    let began = performance.now();
    for await (const piece of pieces(answer)) {
      this.times.push(Math.max(pieceMs, performance.now() - began));
      if (!piece.equals(media.subarray(offset, offset + piece.length))) throw new Error(`other bytes after ${offset}`);
      offset += piece.length;
      await sleep(Math.max(0, pieceMs - (performance.now() - began)));
      began = performance.now();
    }
    if (offset !== media.length) throw new Error(`a playback ended after ${offset} of ${media.length} bytes`);
  }
}

async function* pieces(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let kept: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    kept = Buffer.concat([kept, chunk]);
    while (kept.length >= pieceBytes) {
      yield kept.subarray(0, pieceBytes);
      kept = kept.subarray(pieceBytes);
    }
  }
  if (kept.length > 0) yield kept;
}

/** The value below which 99 of 100 lie. */
export function percentile99(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0;
}
