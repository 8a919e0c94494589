import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Insertions whose answer nobody may have heard, in hidden files beside their media: whoever finds a recording there asks
 * again, with the same words, whether it plays.
 */
export class KeptInsertions {
  /** Durable when it resolves; in place of an earlier one of this recording. */
  async keep(mediaPath: string, id: string, recording: object): Promise<void> {
    const place = placeOf(mediaPath, id);
    // No name of its own each time: whatever a killed process leaves is found again.
    await writeFile(unfinished(place), JSON.stringify(recording), { mode: 0o600, flush: true });
    await rename(unfinished(place), place);
  }

  /** Undefined for one whose answer was heard. */
  async find(mediaPath: string, id: string): Promise<object | undefined> {
    try {
      return JSON.parse(await readFile(placeOf(mediaPath, id), 'utf8')) as object;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Its answer was heard, and what follows of it is done. */
  async forget(mediaPath: string, id: string): Promise<void> {
    const place = placeOf(mediaPath, id);
    for (const path of [place, unfinished(place)]) await rm(path, { force: true });
  }
}

/** A spool leaves alone what is hidden. */
const placeOf = (mediaPath: string, id: string): string => join(dirname(mediaPath), `.${id}.insertion.json`);
const unfinished = (place: string): string => `${place}.part`;
