import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '#platform';
import { GatewayAnswerError } from '../../gateway-client/gateway-client.js';
import type { FinishedFiles } from './finished-files.js';
import type { KeptInsertions } from './kept-insertions.js';
import { spooledFiles, type SpooledFile, type SpoolOptions } from './spooled-files.js';

/** What is told of a spool while it is watched. */
export type SpoolEvent =
  | { readonly event: 'recorded' | 'there-already'; readonly file: string; readonly id: string }
  | { readonly event: 'set-aside'; readonly file: string; readonly reason: string }
  | { readonly event: 'waiting'; readonly reason: string };

export interface SpoolWatchOptions extends SpoolOptions {
  readonly folder: string;
  readonly contactCenter: string;
  readonly finished: FinishedFiles;
  readonly hasRecording: (id: string) => Promise<boolean>;
  readonly insertions: Pick<KeptInsertions, 'find' | 'forget'>;
  /** Inserts again what was kept. @returns why it may not play. */
  readonly insertAgain: (recording: object) => Promise<readonly string[]>;
  /**
   * Encrypts, stores, keeps what it inserts, and inserts it.
   * @returns why it may not play.
   * @throws UnrecordableFileError for what is the file's own fault.
   */
  readonly record: (file: SpooledFile, id: string, signal: AbortSignal) => Promise<readonly string[]>;
  readonly tell: (event: SpoolEvent) => void;
  /** Ends when nothing is left that is complete. */
  readonly once: boolean;
}

/** A file that will never be recorded as it is: it is set aside, and the others go on. */
export class UnrecordableFileError extends Error {
  override readonly name = 'UnrecordableFileError';
}

const pauseMs = 1000;
const firstRetryMs = 1000;
const longestRetryMs = 60_000;

/**
 * Records what comes into a folder. It keeps no list of what it did: a recording has an id that follows from its file, so
 * that one which was killed between the insertion and the file's removal finds the recording there, and only removes the file,
 * once it has heard that it plays.
 */
export class SpoolWatch {
  constructor(private readonly options: SpoolWatchOptions) {}

  /** Until the signal aborts. @throws Error when the gateway refuses who records. */
  async run(signal: AbortSignal): Promise<void> {
    let retryMs = firstRetryMs;
    while (!signal.aborted) {
      const isWell = await this.round(signal);
      if (isWell && this.options.once) return;
      await sleep(isWell ? pauseMs : retryMs, undefined, { signal }).catch(() => undefined);
      retryMs = isWell ? firstRetryMs : Math.min(retryMs * 2, longestRetryMs);
    }
  }

  /** @returns whether nothing has to be waited for. */
  private async round(signal: AbortSignal): Promise<boolean> {
    const { folder, tell } = this.options;
    try {
      for await (const file of spooledFiles(folder, this.options)) {
        if (signal.aborted) return true;
        await this.take(file, signal);
      }
      return true;
    } catch (error) {
      if (signal.aborted) return true;
      if (isRefusedLogin(error)) throw error;
      tell({ event: 'waiting', reason: describeError(error) });
      return false;
    }
  }

  private async take(file: SpooledFile, signal: AbortSignal): Promise<void> {
    const { folder, contactCenter, finished, insertions, hasRecording, record, tell } = this.options;
    const name = relative(folder, file.path);
    const id = spooledId(contactCenter, name, file);
    try {
      const isThere = await hasRecording(id);
      const warnings = isThere ? await this.heardAgain(file, id) : await record(file, id, signal);
      // Until it plays, this file may be all that there is of the call.
      if (warnings.length > 0) {
        await this.setAside(file, id, `recorded as ${id}, but ${warnings.join('; ')}`);
      } else {
        await insertions.forget(file.path, id);
        await finished.recorded(file);
        tell({ event: isThere ? 'there-already' : 'recorded', file: name, id });
      }
    } catch (error) {
      const reason = reasonAgainst(error);
      if (reason === undefined) throw error;
      await this.setAside(file, id, reason);
    }
  }

  /** What the gateway said of a recording that is there, where that may not have been heard. */
  private async heardAgain(file: SpooledFile, id: string): Promise<readonly string[]> {
    const { insertions, insertAgain } = this.options;
    const kept = await insertions.find(file.path, id);
    if (kept === undefined) return [];
    try {
      return await insertAgain(kept);
    } catch (error) {
      if (error instanceof GatewayAnswerError && error.status === 409)
        return [`not as it was inserted: ${error.reason}`];
      throw error;
    }
  }

  private async setAside(file: SpooledFile, id: string, reason: string): Promise<void> {
    const { folder, finished, insertions, tell } = this.options;
    await finished.aside(file, reason);
    await insertions.forget(file.path, id);
    tell({ event: 'set-aside', file: relative(folder, file.path), reason });
  }
}

const idLength = 32;

/** The same for the same file, as long as nobody writes to it; another one for another file of the same name. */
export function spooledId(contactCenter: string, name: string, { stats }: Pick<SpooledFile, 'stats'>): string {
  const identity = JSON.stringify([contactCenter, name, stats.size, stats.mtimeMs]);
  return createHash('sha256').update(identity).digest('hex').slice(0, idLength).toUpperCase();
}

const unreadable: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EIO', 'ELOOP']);
const refusedForGood: ReadonlySet<number> = new Set([400, 413, 422]);

/** Why the file itself cannot be recorded; undefined for what may pass, or is nobody's file's fault. */
function reasonAgainst(error: unknown): string | undefined {
  if (error instanceof UnrecordableFileError) return error.message;
  const { code, syscall, cause } = error as NodeJS.ErrnoException;
  if (unreadable.has(code ?? '') && (syscall === 'open' || syscall === 'read')) return describeError(error);
  const answer = error instanceof GatewayAnswerError ? error : cause;
  return answer instanceof GatewayAnswerError && refusedForGood.has(answer.status) ? describeError(error) : undefined;
}

const isRefusedLogin = (error: unknown): boolean =>
  error instanceof GatewayAnswerError && (error.status === 401 || error.status === 403);
