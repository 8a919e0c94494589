import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { MadePeaks } from '#contracts';
import { deadlineSignal, describeError, RcsError, throwIfAborted, type Logger } from '#platform';
import type { PeaksStore, RecordingStore } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { WorkerErrands } from '../media-index/worker-errands.js';
import { contentTreeOf } from '../playback/envelope-locator.js';
import { playGrant, type PermittedMedia } from '../playback/playback.service.js';
import { WorkerClient } from '../workers/worker-client.js';

/** A worker gives up earlier. */
const deadlineMs = 11 * 60_000;
/** A player hears in this time that it has to ask again; what is being made goes on. */
const patienceMs = 20_000;
const retryAfterMs = 5000;

/** Has workers make wave forms, each once, and keeps them. */
@Injectable()
export class MadePeaksService implements OnApplicationShutdown {
  private readonly running = new Map<string, Promise<MadePeaks>>();
  private readonly stopping = new AbortController();

  constructor(
    @Inject(storeTokens.peaks) private readonly store: PeaksStore,
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    private readonly errands: WorkerErrands,
    private readonly workers: WorkerClient,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  onApplicationShutdown(): void {
    this.stopping.abort(new RcsError('RCS_SHUTTING_DOWN'));
  }

  /**
   * The wave form of media that somebody may play. Whoever asks while it is made waits for the same one; all of them have
   * been permitted, and stand in the audit.
   * @throws RcsError RCS_PEAKS_PENDING where it takes longer than a player waits
   */
  async of(media: PermittedMedia, userName: string, requestId: string): Promise<MadePeaks> {
    const { recording, mediaFile, envelope } = media;
    const key = JSON.stringify([recording.contactCenter, recording.id, mediaFile.mediaId, envelope.digest ?? null]);
    let making = this.running.get(key);
    if (making === undefined) {
      making = this.make(media, userName, requestId).finally(() => this.running.delete(key));
      // Those who wait hear of a failure; when nobody does any more, it is known here.
      making.catch((error: unknown) =>
        this.logger.warn({ requestId, recording: recording.id, error: describeError(error) }, 'no wave form was made'),
      );
      this.running.set(key, making);
    }
    return withinPatience(making);
  }

  private async make(media: PermittedMedia, userName: string, requestId: string): Promise<MadePeaks> {
    const { recording, mediaFile, envelope } = media;
    const signal = deadlineSignal(deadlineMs, this.stopping.signal);
    const kept = await this.store.find(recording.id, mediaFile.mediaId);
    const known = {
      ...(envelope.detached === undefined ? {} : { envelope: envelope.detached }),
      ...(kept === undefined ? {} : { kept: kept.toString('base64') }),
    };
    const ask = (contentTree?: string): Promise<MadePeaks> =>
      this.errands.run(
        playGrant(recording, mediaFile, userName, envelope),
        (worker, granted) =>
          this.workers.peaks(
            worker,
            { ...granted, ...known, ...(contentTree === undefined ? {} : { contentTree }) },
            requestId,
            signal,
          ),
        signal,
      );
    let made: MadePeaks;
    try {
      made = await ask();
    } catch (error) {
      if (!(error instanceof RcsError && error.code === 'RCS_CONTENT_TREE_NEEDED')) throw error;
      made = await ask(await contentTreeOf(this.recordings, recording.id, mediaFile.mediaId));
    }
    throwIfAborted(signal, 'keeping a wave form');
    if (made.keep !== undefined) await this.keep(media, Buffer.from(made.keep, 'base64'), requestId);
    return made;
  }

  /** A store that cannot keep it now costs the next one who asks the time to make it again, and nobody the answer. */
  private async keep({ recording, mediaFile }: PermittedMedia, peaks: Buffer, requestId: string): Promise<void> {
    try {
      await this.store.keep(recording.id, mediaFile.mediaId, peaks);
    } catch (error) {
      this.logger.warn({ requestId, recording: recording.id, error: describeError(error) }, 'a wave form is not kept');
    }
  }
}

async function withinPatience(making: Promise<MadePeaks>): Promise<MadePeaks> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new RcsError('RCS_PEAKS_PENDING', `more than ${patienceMs} ms`, { retryAfterMs })),
      patienceMs,
    );
  });
  try {
    return await Promise.race([making, over]);
  } finally {
    clearTimeout(timer);
  }
}
