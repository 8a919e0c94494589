import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { within } from '#test/waiting/within.js';

export interface WatchedRecording {
  readonly url: string;
  readonly ca: Uint8Array;
  readonly user: { readonly name: string; readonly password: string };
  readonly media: Uint8Array;
}

/** What the player says: how long it waited for a piece, that a playback was whole, or what was wrong with one. */
export type PlayerMessage = { readonly waitedMs: number } | { readonly whole: true } | { readonly wrong: string };

/** A player that plays a recording again and again, on a thread of its own. */
export class WatchedPlayback {
  private readonly times: number[] = [];
  private readonly wrong: string[] = [];
  private whole = 0;
  private readonly player: Worker;
  private readonly ended: Promise<unknown>;

  constructor(recording: WatchedRecording) {
    this.player = new Worker(join(__dirname, 'player-thread.mts'), { workerData: recording, execArgv: [] });
    this.ended = new Promise(resolve => this.player.on('exit', resolve));
    this.player.on('error', error => this.wrong.push(`the player ended: ${String(error)}`));
    this.player.on('message', (message: PlayerMessage) => {
      if ('waitedMs' in message) this.times.push(message.waitedMs);
      else if ('wrong' in message) this.wrong.push(message.wrong);
      else this.whole += 1;
    });
  }

  /** Of each piece since the last call, milliseconds; 40 where the player never had to wait. */
  takeTimes(): number[] {
    return this.times.splice(0);
  }

  /** Ends after the playback that runs. Answers how many were whole, and what was wrong with others. */
  async stop(): Promise<{ readonly whole: number; readonly wrong: readonly string[] }> {
    this.player.postMessage('stop');
    await within('the end of the playback that runs', this.ended);
    return { whole: this.whole, wrong: [...new Set(this.wrong)] };
  }
}

/** The value below which 99 of 100 lie. */
export function percentile99(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0;
}
