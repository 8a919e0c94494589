import { ServerResponse } from 'node:http';
import { certificateAliasHeader, mediaRequestSchema, representationLengthHeader, type MediaRequest } from '#contracts';
import type { GrantVerifier } from '#grants';
import { beginStep, endWithin, inStep, RcsError, sendStream } from '#platform';
import { planResponse, skipBytes, takeBytes, bodyLength, type BodySegment } from '../http-semantics/response-plan.js';
import type { LeasedMedia, MediaSessionCache } from '../media-session/media-session-cache.js';
import type { OpenMedia } from '../media-session/media-session.js';
import type { MediaOpener } from '../media-session/media-opener.js';
import { SessionOpening } from '../media-session/session-opening.js';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import type { Exchange } from './data-plane-exchange.js';
import { firstBytes } from './first-bytes.js';

/** Answers a gateway's request for media: checks the grant, opens or re-uses the session, streams the plaintext. */
export class MediaHandler {
  private readonly opening: SessionOpening;

  constructor(
    private readonly grants: Pick<GrantVerifier, 'verify'>,
    sessions: MediaSessionCache,
    opener: MediaOpener,
    private readonly metrics: WorkerMetrics,
    private readonly clientIdleTimeoutMs: number,
  ) {
    this.opening = new SessionOpening(sessions, opener, metrics);
  }

  async handle(body: unknown, exchange: Exchange): Promise<void> {
    const parsed = mediaRequestSchema.safeParse(body);
    if (!parsed.success)
      throw new RcsError('RCS_INVALID_VALUE', `media request: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
    const verified = beginStep(exchange.requestId, 'grant verified');
    const grant = this.grants.verify(parsed.data.grant);
    verified();
    await this.opening.use(parsed.data, grant, exchange, leased => this.answer(parsed.data, leased, exchange));
  }

  private async answer(request: MediaRequest, leased: LeasedMedia, exchange: Exchange): Promise<void> {
    const { media } = leased;
    const plan = planResponse(request, { ...media, contentType: request.contentType });
    if (request.resume !== undefined && request.resume.entityTag !== media.entityTag) {
      throw new RcsError('RCS_STORAGE_CHANGED', 'the media changed since another worker began to send it');
    }
    const rest = skipBytes(plan.body, request.resume?.offset ?? 0);
    const body = inWindow(rest, request.window, media);
    // Nothing may be missing of the second range when the first has left.
    if (body.filter(segment => 'range' in segment).length > 1) media.tree?.requireAll();
    const headers = {
      ...plan.headers,
      ...(media.certificateAlias === undefined
        ? {}
        : { [certificateAliasHeader]: encodeURIComponent(media.certificateAlias) }),
      ...(request.method === 'HEAD' || body !== rest
        ? { [representationLengthHeader]: plan.headers['content-length'] ?? '0' }
        : {}),
      ...(plan.status === 304 ? {} : { 'content-length': String(bodyLength(body)) }),
    };
    const { response } = exchange;
    const start = (): unknown => response.writeHead(plan.status, headers);
    await this.sendBody(body, leased, exchange, start);
    await endWithin(response, this.clientIdleTimeoutMs);
  }

  /** Writes the head only when the first plaintext is at hand: until then a failure still gets its own status. */
  private async sendBody(
    body: readonly BodySegment[],
    leased: LeasedMedia,
    { requestId, response, signal }: Exchange,
    writeHead: () => unknown,
  ): Promise<void> {
    let headWritten = false;
    for (const segment of body) {
      if ('literal' in segment) {
        if (!headWritten) writeHead();
        headWritten = true;
        response.write(segment.literal);
        continue;
      }
      const { start, end } = segment.range;
      const source = leased.stream(start, end, signal);
      // Whoever waits hears of a failure; between two of them there must be a listener, too.
      source.on('error', () => undefined);
      if (!headWritten) {
        await inStep(requestId, 'first bytes', () => firstBytes(source));
        writeHead();
        headWritten = true;
      }
      await sendStream(source, response, {
        length: end - start,
        receiverIdleTimeoutMs: this.clientIdleTimeoutMs,
        onBytes: count => this.metrics.plaintextBytes.inc(count),
        // A caller in this process has yet to send the very pieces.
        disposes: response instanceof ServerResponse,
      });
    }
    if (!headWritten) writeHead();
  }
}

/** A rest of less than this part of the window is sent with it: another request for it would cost more. */
const hardlyMore = 0.5;

/** What of the body is sent now. */
function inWindow(
  body: readonly BodySegment[],
  window: number | undefined,
  media: Pick<OpenMedia, 'dividable'>,
): readonly BodySegment[] {
  if (window === undefined || bodyLength(body) <= window * (1 + hardlyMore)) return body;
  const isDividable = (segment: BodySegment): boolean =>
    'literal' in segment || media.dividable(segment.range.start, segment.range.end);
  return body.every(isDividable) ? takeBytes(body, window) : body;
}
