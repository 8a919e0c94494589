import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AtomicFile } from '../../output/atomic-file.js';

/**
 * Insertions whose answer nobody may have heard, in hidden files beside their media: whoever finds a recording there asks
 * again, with the same words, whether it plays.
 */
export class KeptInsertions {
  /** Durable when it resolves; in place of an earlier one of this recording. */
  async keep(mediaPath: string, id: string, recording: object): Promise<void> {
    const file = await AtomicFile.create(placeOf(mediaPath, id), { replace: true });
    await file.write(Buffer.from(JSON.stringify(recording)));
    await file.commit();
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
    await rm(placeOf(mediaPath, id), { force: true });
  }
}

/** A spool leaves alone what is hidden. */
const placeOf = (mediaPath: string, id: string): string => join(dirname(mediaPath), `.${id}.insertion.json`);
