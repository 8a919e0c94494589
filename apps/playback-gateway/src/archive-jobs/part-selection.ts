import type { ArchivePartLimits } from '#store';
import type { PlacedRecording } from '../archive/archive-selection.js';

/** The recordings of one part: as many of the rest as its limits let in. */
export class PartSelection implements AsyncIterable<PlacedRecording['recording']> {
  /** Behind the last recording that is whole in the part. */
  position: string | undefined;
  /** Whether there are no more. */
  isLast = false;
  private taken = 0;

  private constructor(
    private readonly first: PlacedRecording,
    private readonly rest: AsyncIterator<PlacedRecording>,
    private readonly limits: ArchivePartLimits,
    private readonly bytes: () => number,
  ) {}

  /** undefined where nothing is left. @param bytes of the part up to now */
  static async of(
    recordings: AsyncIterable<PlacedRecording>,
    limits: ArchivePartLimits,
    bytes: () => number,
  ): Promise<PartSelection | undefined> {
    const rest = recordings[Symbol.asyncIterator]();
    const first = await rest.next();
    return first.done === true ? undefined : new PartSelection(first.value, rest, limits, bytes);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PlacedRecording['recording']> {
    for (let next: PlacedRecording | undefined = this.first; next !== undefined; next = await this.next()) {
      yield next.recording;
      this.position = next.position;
      this.taken++;
      if (this.taken >= this.limits.recordings || this.bytes() >= this.limits.bytes) return;
    }
    this.isLast = true;
  }

  private async next(): Promise<PlacedRecording | undefined> {
    const next = await this.rest.next();
    return next.done === true ? undefined : next.value;
  }
}
