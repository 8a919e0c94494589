import { LRUCache } from 'lru-cache';
import type { ContentTreePartsMessage, HandedStorage } from '#contracts';
import type { PlaybackGrant } from '#grants';
import { inStep, RcsError } from '#platform';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import { contentError, isUneven } from './cms-errors.js';
import type { MediaOpener } from './media-opener.js';
import type { LeasedMedia, MediaSessionCache } from './media-session-cache.js';
import type { SentTree } from './pinned-storage.js';
import { sessionIdentity } from './session-identity.js';

/** What a gateway sends along for media to be opened. */
export interface OpeningRequest {
  readonly grant: string;
  /** Where the grant names a storage that its contact center set. */
  readonly storage?: HandedStorage | undefined;
  /** Base64. */
  readonly envelope?: string | undefined;
  readonly contentTree?: string | undefined;
  readonly contentTreeParts?: ContentTreePartsMessage | undefined;
}

interface OpeningExchange {
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** Whether a part of the answer has left: then nothing is tried again. */
  readonly response: { readonly headersSent: boolean };
}

/** Opens the media of a grant, or joins who has it open, for one use. */
export class SessionOpening {
  private readonly unevenFiles = new LRUCache<string, true>({ max: 1000 });

  constructor(
    private readonly sessions: MediaSessionCache,
    private readonly opener: MediaOpener,
    private readonly metrics: WorkerMetrics,
  ) {}

  /** @throws RcsError of opening, or of what `use` reads */
  async use(
    request: OpeningRequest,
    grant: PlaybackGrant,
    exchange: OpeningExchange,
    use: (leased: LeasedMedia) => Promise<void>,
  ): Promise<void> {
    if (grant.purpose !== 'play') throw new RcsError('RCS_GRANT_REFUSED', `a grant to ${grant.purpose} opens no media`);
    try {
      await this.attempt(request, grant, exchange, use);
    } catch (error) {
      // What was opened is not what lies there: once more with what is there now, unless bytes have left.
      const changed = error instanceof RcsError && error.code === 'RCS_STORAGE_CHANGED';
      if (!changed && !isUneven(error)) throw contentError(error);
      const key = sessionIdentity(grant);
      this.sessions.forget(key);
      if (isUneven(error)) this.unevenFiles.set(key, true);
      if (exchange.response.headersSent) throw contentError(error);
      await this.attempt(request, grant, exchange, use);
    }
  }

  private async attempt(
    request: OpeningRequest,
    grant: PlaybackGrant,
    exchange: OpeningExchange,
    use: (leased: LeasedMedia) => Promise<void>,
  ): Promise<void> {
    const sent = sentTreeOf(request);
    const leased = await inStep(exchange.requestId, 'session', () => this.open(request, grant, sent, exchange));
    try {
      // Whoever opened it may have been sent less of the tree.
      if (sent !== undefined) leased.media.tree?.learn(sent);
      await use(leased);
    } finally {
      leased.release();
    }
  }

  private async open(
    request: OpeningRequest,
    grant: PlaybackGrant,
    sent: SentTree | undefined,
    exchange: OpeningExchange,
  ): Promise<LeasedMedia> {
    const key = sessionIdentity(grant);
    if (sent === undefined && this.opener.needsTree(grant) && !this.sessions.has(key))
      throw new RcsError('RCS_CONTENT_TREE_NEEDED');
    const leased = await this.sessions.use(key, exchange.signal, signal =>
      this.opener.open(
        {
          grant,
          signedGrant: request.grant,
          detachedEnvelope: decoded(request.envelope),
          leaves: sent,
          storage: request.storage,
          requestId: exchange.requestId,
          scanSegments: this.unevenFiles.has(key),
        },
        signal,
      ),
    );
    this.metrics.mediaSessions.inc({ result: leased.hit ? 'hit' : 'miss' });
    return leased;
  }
}

function sentTreeOf({ contentTree, contentTreeParts }: OpeningRequest): SentTree | undefined {
  if (contentTree !== undefined) return decoded(contentTree);
  if (contentTreeParts === undefined) return undefined;
  const { roots, parts } = contentTreeParts;
  return {
    roots: Buffer.from(roots, 'base64'),
    leaves: new Map(parts.map(({ part, leaves }) => [part, Buffer.from(leaves, 'base64')])),
  };
}

const decoded = (base64: string | undefined): Buffer | undefined =>
  base64 === undefined ? undefined : Buffer.from(base64, 'base64');
