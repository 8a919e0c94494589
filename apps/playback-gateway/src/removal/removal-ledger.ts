import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { describeError, FreedMemory, millisecondsSince, type Logger } from '#platform';
import type { AuditLog, ErasedFields, LedgerEntry, RecordingStore, RemovalStore } from '#store';
import { CONFIGURATION, LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { LocationClaims } from '../media-index/location-claims.js';
import { LedgerFile } from './ledger-file.js';

const pageSize = 1000;
/** Numbers of the store are given before they can be read: so far back it is looked for late ones. */
const lateNumbers = 1000;
const broughtBackAtOnce = 200;
const mostUntold = 10_000;
/** Longer than somebody listens to one recording, mostly. */
const openForMs = 3_600_000;

type Named = Pick<LedgerEntry, 'recordingId' | 'mediaId'>;

/**
 * Keeps what was removed, by this gateway or by others, in a file outside the store. At the start, before anything plays,
 * what the file has and the store has not is removed again: the store was restored from a backup of before.
 */
@Injectable()
export class RemovalLedger implements OnModuleInit, OnApplicationShutdown {
  private file: LedgerFile | undefined;
  private last = 0;
  /** Of the late numbers those that are in the file. */
  private written: ReadonlySet<string> = new Set();
  /** Of what the audit has forgotten the last that is in the file. */
  private lastForgotten = 0;
  private keeping: Promise<boolean> = Promise.resolve(true);
  /** Removals that workers may not have heard of: whoever did them may have been killed, or know other workers. */
  private readonly untold: LedgerEntry[] = [];
  /** What was erased before this process began was never in its memory. */
  private hasBegun = false;

  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    @Inject(storeTokens.removals) private readonly removals: RemovalStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly claims: LocationClaims,
    @Inject(FreedMemory) private readonly memory: Pick<FreedMemory, 'note'>,
    @Inject(CONFIGURATION) private readonly configuration: Pick<GatewayConfiguration, 'removal' | 'store'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws ConfigurationError when the file cannot be read or written; RcsError RCS_STORE_UNAVAILABLE */
  async onModuleInit(): Promise<void> {
    await this.begin();
    this.hasBegun = true;
  }

  private async begin(): Promise<void> {
    const path = ledgerPath(this.configuration);
    if (path === undefined) {
      this.logger.warn(
        'removals are kept in the store alone: name removal.ledgerFile, or a restored backup brings back what was erased',
      );
      await this.keep();
      return;
    }
    this.file = await LedgerFile.open(path);
    const replayed = await this.replay(this.file);
    if (replayed > 0) {
      this.logger.warn(
        { removals: replayed },
        'the store was restored from a backup: what was removed since is removed again',
      );
      // It numbered the removals anew: all of them follow once more.
      this.last = 0;
    }
    await this.forgetAgain(this.file);
    await this.keep();
  }

  /** Writes what is not in the file yet. False where it cannot now: the next call does it. */
  keep(): Promise<boolean> {
    this.keeping = this.keeping.then(() => this.append());
    return this.keeping;
  }

  /**
   * Removes again what a restored backup of the recordings' own database brought back, hidden as it is: so many entries of the
   * ledger behind this number. Answers where to go on; undefined: that was all.
   */
  async removeBroughtBack(after: number): Promise<number | undefined> {
    const { recordings, next } = await this.removals.broughtBack(after, broughtBackAtOnce);
    for (const { entry, recording } of recordings) {
      await this.removals.replay(entry, await this.claims.placesOf(recording));
    }
    if (recordings.length > 0) {
      this.logger.warn(
        { removals: recordings.length },
        'the database of recordings was restored from a backup: what was removed since is removed again',
      );
    }
    return next;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.keeping;
    await this.file?.close();
  }

  /** @returns how many removals the store did not know. */
  private async replay(file: LedgerFile): Promise<number> {
    let replayed = 0;
    let page: LedgerEntry[] = [];
    for await (const entry of file.entries()) {
      this.last = entry.number;
      page.push(entry);
      if (page.length < pageSize) continue;
      replayed += await this.replayMissing(page);
      page = [];
    }
    return replayed + (await this.replayMissing(page));
  }

  /** What a restored backup knows again is destroyed again, before anything is answered. */
  private async forgetAgain(file: LedgerFile): Promise<void> {
    let page: ErasedFields[] = [];
    let forgotten = 0;
    for await (const item of file.items()) {
      if (!('forgotten' in item)) continue;
      this.lastForgotten = Math.max(this.lastForgotten, item.forgotten.number);
      page.push(item.forgotten);
      if (page.length < pageSize) continue;
      forgotten += await this.audit.eraseAgain(page);
      page = [];
    }
    forgotten += await this.audit.eraseAgain(page);
    const known = await this.audit.erasedFields(Math.max(0, this.lastForgotten - 1), 1);
    // A restored store numbers anew: all of them follow once more.
    if (known.length === 0) this.lastForgotten = 0;
    if (forgotten > 0) await this.audit.scrub();
  }

  private async replayMissing(entries: readonly LedgerEntry[]): Promise<number> {
    const missing = await this.removals.notInLedger(entries);
    for (const entry of missing) {
      const recording = await this.recordings.find(entry.recordingId);
      await this.removals.replay(entry, recording === undefined ? [] : await this.claims.placesOf(recording));
    }
    return missing.length;
  }

  /** So many of the deletions and erasures that were read and not taken yet. */
  takeUntold(most: number): readonly LedgerEntry[] {
    return this.untold.splice(0, most);
  }

  /** Of what was removed before it began, what nobody had written to the file a while ago; without one that is not known. */
  private noteUntold(entries: readonly LedgerEntry[]): void {
    if (!this.hasBegun && this.file === undefined) return;
    const isRecent = ({ time }: LedgerEntry): boolean =>
      this.hasBegun || millisecondsSince(Date.parse(time)) < openForMs;
    // Of rules of retention too many go at once; what is open of them ends within a minute.
    const news = entries.filter(one => one.kind !== 'expired' && isRecent(one));
    const taken = news.slice(0, mostUntold - this.untold.length);
    this.untold.push(...taken);
    if (taken.length === news.length) return;
    this.logger.warn(
      { removals: news.length - taken.length },
      'workers are told of no more removals now: what they have open of these ends by its time-to-live',
    );
  }

  private async append(): Promise<boolean> {
    try {
      for (;;) {
        const erased = await this.audit.erasedFields(this.lastForgotten, pageSize);
        await this.file?.appendForgotten(erased);
        this.lastForgotten = erased.at(-1)?.number ?? this.lastForgotten;
        if (erased.length < pageSize) break;
      }
      for (;;) {
        const entries = await this.removals.ledger(Math.max(0, this.last - lateNumbers), lateNumbers + pageSize);
        const news = entries.filter(entry => entry.number > this.last || !this.written.has(nameOf(entry)));
        if (this.hasBegun && news.some(({ kind }) => kind === 'erased')) this.memory.note();
        const isFirst = this.written.size === 0;
        const unwritten = isFirst ? news.filter(({ number }) => number > this.last) : news;
        await this.file?.append(unwritten);
        this.noteUntold(unwritten);
        const before = this.last;
        this.last = Math.max(this.last, ...entries.map(({ number }) => number));
        this.written = new Set(entries.filter(({ number }) => number > this.last - lateNumbers).map(nameOf));
        if (this.last === before) return true;
      }
    } catch (error) {
      this.logger.error(
        { error: describeError(error) },
        'removals cannot be written to the ledger file; it is tried again',
      );
      return false;
    }
  }
}

const nameOf = ({ recordingId, mediaId }: Named): string => JSON.stringify([recordingId, mediaId]);

/** Beside the SQLite files unless it is named; PostgreSQL has no such place. */
function ledgerPath({ removal, store }: Pick<GatewayConfiguration, 'removal' | 'store'>): string | undefined {
  if (removal.ledgerFile !== undefined) return removal.ledgerFile;
  const { kind, directory } = store;
  return kind === 'sqlite' && directory !== undefined ? join(directory, 'removal-ledger.jsonl') : undefined;
}
