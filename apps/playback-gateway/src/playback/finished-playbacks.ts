import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { describeError, type Logger } from '#platform';
import type { AuditEntry, AuditLog } from '#store';
import { GatheredWrites } from '../dependencies/gathered-writes.js';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';

/** How long the end of a playback may wait for others to be written with it, milliseconds. */
const gatheringMs = 50;

/**
 * Records how playbacks ended. What has been heard cannot be taken back, so nobody waits for these records; they are
 * written together, which spares the audit log half of its work.
 */
@Injectable()
export class FinishedPlaybacks implements OnApplicationShutdown {
  private readonly entries = new GatheredWrites<AuditEntry>(gatheringMs, entries =>
    Promise.all(entries.map(entry => this.append(entry))),
  );

  constructor(
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  record(entry: Omit<AuditEntry, 'event'>): void {
    this.entries.add({ ...entry, event: 'playback-finished' });
  }

  /** Writes what waits. */
  async onApplicationShutdown(): Promise<void> {
    await this.entries.end();
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
