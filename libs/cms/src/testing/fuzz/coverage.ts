import { Session } from 'node:inspector/promises';

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}
interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

/** Which blocks of the library an input reaches, measured by V8 itself. */
export class BlockCoverage {
  private readonly session = new Session();
  private readonly seen = new Set<string>();

  /** @param part of the path of the scripts that count. */
  constructor(private readonly part: string) {}

  get size(): number {
    return this.seen.size;
  }

  async start(): Promise<void> {
    this.session.connect();
    await this.session.post('Profiler.enable');
    await this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Number of blocks reached since the last call that no earlier input reached as often (in powers of two). */
  async takeNew(): Promise<number> {
    const { result } = (await this.session.post('Profiler.takePreciseCoverage')) as { result: ScriptCoverage[] };
    const before = this.seen.size;
    for (const { url, functions } of result) {
      if (!url.includes(this.part) || url.includes('/testing/')) continue;
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          if (count > 0) this.seen.add(`${url}:${startOffset}-${endOffset}:${Math.floor(Math.log2(count))}`);
        }
      }
    }
    return this.seen.size - before;
  }

  stop(): void {
    this.session.disconnect();
  }
}
