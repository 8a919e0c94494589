import { basename } from 'node:path';
import { sealedJournalName, sealedJournals, type JournalEntry } from '#contracts';

export interface RotationSettings {
  readonly maximumFileBytes: number;
  /** Full files that stay; the oldest go. */
  readonly keptFiles: number;
}

/** What closes a full file, and what becomes of it and of older ones. */
export interface Rotation {
  readonly entry: Extract<JournalEntry, { readonly event: 'journal-sealed' }>;
  rename(lastSequence: number): { readonly to: string; readonly remove: readonly string[] };
}

/** Decides when a journal goes on in a new file: when it is full, and with a new month (UTC). */
export class JournalRotation {
  private month: string | undefined;

  constructor(
    private readonly path: string,
    private readonly settings: RotationSettings,
    lastTime: string | undefined,
  ) {
    this.month = lastTime?.slice(0, 7);
  }

  /** What is due before or with lines of this time. */
  due(length: number, time: Date): Rotation | undefined {
    const month = time.toISOString().slice(0, 7);
    const isNewMonth = this.month !== undefined && this.month !== month && length > 0;
    this.month ??= month;
    if (!isNewMonth && length < this.settings.maximumFileBytes) return undefined;
    const remove = sealedJournals(this.path).slice(0, -this.settings.keptFiles + 1 || undefined);
    return {
      entry: {
        event: 'journal-sealed',
        reason: isNewMonth ? 'month' : 'size',
        removed: remove.map(name => basename(name)),
      },
      rename: lastSequence => ({ to: sealedJournalName(this.path, lastSequence), remove }),
    };
  }

  /** A new file began. */
  rotated(): void {
    this.month = undefined;
  }
}
