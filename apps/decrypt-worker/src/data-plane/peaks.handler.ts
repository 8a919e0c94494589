import { peaksRequestSchema, type MadePeaks, type PeaksReply } from '#contracts';
import type { GrantVerifier, PlaybackGrant } from '#grants';
import { deadlineSignal, RcsError, toRcsError } from '#platform';
import type { LeasedMedia, MediaSessionCache } from '../media-session/media-session-cache.js';
import type { MediaOpener } from '../media-session/media-opener.js';
import { SessionOpening } from '../media-session/session-opening.js';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import { computeWaveForm } from '../peaks/compute-wave-form.js';
import { recogniseAudio } from '../peaks/recognise-audio.js';
import { bytesOf, openWaveForm, sealWaveForm } from '../peaks/sealed-wave-form.js';
import type { WaveForm } from '../peaks/wave-form.js';
import type { Exchange } from './data-plane-exchange.js';

/** Oftener than anybody on the way gives up an answer that does not come. */
const signOfLifeMs = 5000;
/** Audio of a day takes less, on any machine that is not lost anyway. */
const deadlineMs = 10 * 60_000;
/** Playback needs the processor, too. */
const threadsAtOnce = 2;

/** Answers the wave form of media: what was kept of it before, or one that is made now. */
export class PeaksHandler {
  private readonly opening: SessionOpening;
  private threads = 0;

  constructor(
    private readonly grants: Pick<GrantVerifier, 'verify'>,
    sessions: MediaSessionCache,
    opener: MediaOpener,
    metrics: WorkerMetrics,
  ) {
    this.opening = new SessionOpening(sessions, opener, metrics);
  }

  async handle(body: unknown, exchange: Exchange): Promise<void> {
    const parsed = peaksRequestSchema.safeParse(body);
    if (!parsed.success)
      throw new RcsError('RCS_INVALID_VALUE', `peaks request: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
    const grant = this.grants.verify(parsed.data.grant);
    const { response } = exchange;
    const signal = deadlineSignal(deadlineMs, exchange.signal);
    const signOfLife = setInterval(() => {
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
      response.write(' ');
    }, signOfLifeMs);
    try {
      await this.opening.use(parsed.data, grant, { ...exchange, signal }, async leased => {
        end(exchange, await this.peaksOf(leased, grant, parsed.data.kept, signal));
      });
    } catch (error) {
      if (!response.headersSent || exchange.signal.aborted) throw error;
      const { code, publicDetail, message } = toRcsError(error);
      end(exchange, { failure: { code, detail: publicDetail ?? message } });
    } finally {
      clearInterval(signOfLife);
    }
  }

  private async peaksOf(
    leased: LeasedMedia,
    grant: PlaybackGrant,
    kept: string | undefined,
    signal: AbortSignal,
  ): Promise<MadePeaks> {
    const { media } = leased;
    const known = kept === undefined ? undefined : openWaveForm(Buffer.from(kept, 'base64'), media, grant);
    if (known !== undefined) return replyOf(known, leased);
    const waveForm = await this.make(leased, signal);
    return { ...replyOf(waveForm, leased), keep: sealWaveForm(waveForm, media, grant).toString('base64') };
  }

  private async make(leased: LeasedMedia, signal: AbortSignal): Promise<WaveForm> {
    const format = await recogniseAudio(leased, signal);
    if (this.threads >= threadsAtOnce) {
      throw new RcsError('RCS_PEAKS_PENDING', `${this.threads} wave forms are being made`, { retryAfterMs: 3000 });
    }
    this.threads++;
    try {
      return await computeWaveForm(format, leased.stream(0, leased.media.length, signal), signal);
    } finally {
      this.threads--;
    }
  }
}

function replyOf({ sampleRate, samples, samplesPerBucket, channels }: WaveForm, { media }: LeasedMedia): MadePeaks {
  const { entityTag, certificateAlias } = media;
  return {
    entityTag,
    sampleRate,
    samples,
    samplesPerBucket,
    channels: channels.map(channel => bytesOf(channel).toString('base64')),
    ...(certificateAlias === undefined ? {} : { certificateAlias }),
  };
}

function end({ response }: Exchange, reply: PeaksReply): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(reply));
}
