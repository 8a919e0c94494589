import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { describeError, type Logger } from '#platform';
import type { AuditEntry, AuditLog } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';

/** How long the end of a playback may wait for others to be written with it, milliseconds. */
const gatheringMs = 50;

/**
 * Records how playbacks ended. What has been heard cannot be taken back, so nobody waits for these records; they are
 * written together, which spares the audit log half of its work.
 */
@Injectable()
export class FinishedPlaybacks implements OnApplicationShutdown {
  private entries: AuditEntry[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  record(entry: Omit<AuditEntry, 'event'>): void {
    this.entries.push({ ...entry, event: 'playback-finished' });
    this.timer ??= setTimeout(() => this.write(), gatheringMs);
  }

  /** Writes what waits. */
  async onApplicationShutdown(): Promise<void> {
    this.write();
    await this.writing;
  }

  private write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const entries = this.entries;
    this.entries = [];
    this.writing = Promise.all([this.writing, ...entries.map(entry => this.append(entry))]);
  }

  private async append(entry: AuditEntry): Promise<void> {
    try {
      await this.audit.append(entry);
    } catch (error) {
      this.logger.error(
        { requestId: entry.requestId, error: describeError(error) },
        'the end of a playback could not be audited',
      );
    }
  }
}
