import { Inject, Injectable } from '@nestjs/common';
import { describeError, RcsError, ReceiverGoneError, type Logger, type ServerSettings } from '#platform';
import type { ArchiveJob, ArchivePart, AuditLog, KeptArchiveStore } from '#store';
import type { ArchiveCaller } from '../archive/archive.service.js';
import { sendPieces } from '../archive/send-pieces.js';
import { LOGGER, SERVER_SETTINGS, storeTokens } from '../dependencies/injection-tokens.js';
import type { PlayerConnection } from '../playback/player-connection.js';
import { ArchiveJobService } from './archive-job.service.js';
import { ArchiveParts } from './archive-parts.js';
import { partRangeOf } from './part-range.js';

/** So many at once in one gateway: each keeps a connection to a worker busy. */
const maximumDownloads = 16;

/** Conditions of a request for a part. */
export interface PartConditions {
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

/** Sends parts of archives, from any byte on: a link works as long as the part lies there and the caller may have it. */
@Injectable()
export class ArchivePartDownload {
  private active = 0;

  constructor(
    private readonly jobs: ArchiveJobService,
    private readonly parts: ArchiveParts,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(storeTokens.keptArchives) private readonly kept: Pick<KeptArchiveStore, 'seen'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
    @Inject(SERVER_SETTINGS) private readonly settings: Pick<ServerSettings, 'clientIdleTimeoutMs'>,
  ) {}

  /** @throws RcsError while nothing was sent; later the connection breaks off, and may be gone on with. */
  async send(
    id: string,
    number: number,
    conditions: PartConditions,
    caller: ArchiveCaller,
    player: PlayerConnection,
  ): Promise<void> {
    const { job, part } = await this.jobs.part(caller.contactCenter, id, number);
    if (this.active >= maximumDownloads)
      throw new RcsError('RCS_OVERLOADED', `${this.active} downloads at once`, { retryAfterMs: 30_000 });
    this.active++;
    try {
      await this.sendRange(job, part, conditions, caller, player);
    } finally {
      this.active--;
    }
  }

  private async sendRange(
    job: ArchiveJob,
    part: ArchivePart,
    { range: field, ifRange }: PartConditions,
    caller: ArchiveCaller,
    player: PlayerConnection,
  ): Promise<void> {
    const entityTag = `"${part.sha256}"`;
    const { length, number } = part;
    const range = ifRange === undefined || ifRange === entityTag ? partRangeOf(field, length) : undefined;
    const common = { 'accept-ranges': 'bytes', etag: entityTag, 'cache-control': 'no-store' };
    if (range === 'unsatisfiable') {
      player.writeHead(416, { ...common, 'content-range': `bytes */${length}`, 'content-length': 0 });
      player.response.end();
      return;
    }
    const { start, end } = range ?? { start: 0, end: length };
    const pieces = await this.parts.read(job, part, { start, end }, caller.requestId, player.signal);
    try {
      const detail = JSON.stringify({ id: job.id, part: number, start, end, length });
      await this.audit.append({ ...caller.audited, event: 'archive-part-read', outcome: 'allowed', detail });
      const seenAt = new Date().toISOString();
      if (part.archive !== undefined) await this.kept.seen(job.contactCenter, part.archive, seenAt);
    } catch (error) {
      await pieces.return(undefined);
      throw error;
    }
    player.writeHead(range === undefined ? 200 : 206, {
      ...common,
      'content-type': 'application/zip',
      'content-length': end - start,
      'content-disposition': `attachment; filename="${job.name}-${String(number).padStart(4, '0')}.zip"`,
      ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${length}` }),
    });
    try {
      await sendPieces(pieces, player.response, this.settings.clientIdleTimeoutMs);
    } catch (error) {
      player.abort();
      if (!(error instanceof ReceiverGoneError) && !player.signal.aborted)
        this.logger.error({ requestId: caller.requestId, error: describeError(error) }, 'a download broke off');
    }
  }
}
