import { hkdfSync } from 'node:crypto';
import {
  detachedContentMap,
  EncryptedMedia,
  mediaHeadBytes,
  parseDetachedEnvelope,
  readAttachedEnvelope,
  recogniseStoredFile,
  type ContentMap,
  type DetachedEnvelope,
  type EnvelopeTolerance,
} from '#cms';
import type { HandedStorage } from '#contracts';
import { envelopeDigest, type PlaybackGrant } from '#grants';
import {
  openWithCandidates,
  zeroCandidates,
  type SessionKeyCandidates,
  type SessionKeyClient,
  type UnwrappedSessionKey,
} from '#key-vault-client';
import type { StoredObject } from '#media-storage';
import { inStep, RcsError } from '#platform';
import { entityTagOf } from '../http-semantics/representation.js';
import { contentError, envelopeError, isWrongKey } from './cms-errors.js';
import type { OpenMedia } from './media-session.js';
import type { PinnedFile, PinnedStorage, SentTree, StoredContent } from './pinned-storage.js';

export interface OpenRequest {
  readonly grant: PlaybackGrant;
  readonly signedGrant: string;
  /** The detached envelope from the metadata of the recording. */
  readonly detachedEnvelope: Buffer | undefined;
  /** The leaves of the content tree whose root the grant names, or some of them. */
  readonly leaves?: SentTree | undefined;
  /** The storage that the grant names, if it names one. */
  readonly storage?: HandedStorage | undefined;
  readonly requestId: string;
  /** Read the segments of an attached file one by one, because they are known to be uneven. */
  readonly scanSegments?: boolean;
}

/** What is stored of encrypted media, and the envelope that belongs to it. */
interface EncryptedFile {
  readonly content: StoredContent;
  readonly envelope: DetachedEnvelope;
  readonly envelopeBytes: Buffer;
  readonly contentMap: ContentMap;
}

/** The last two blocks of any cipher we know: one gives the padding, the other its initialisation vector. */
const tailBytes = 64;
/** An envelope of a few recipients fits; larger heads are read on. */
const headBytes = 16 * 1024;

/** Opens stored media for playback: envelope, session key, exact length. */
export class MediaOpener {
  constructor(
    private readonly storage: PinnedStorage,
    private readonly sessionKeys: Pick<SessionKeyClient, 'unwrap'>,
    private readonly vaultTimeoutMs: number,
    private readonly tolerance: EnvelopeTolerance = {},
  ) {}

  /** Whether the leaves of a content tree have to come with the request. */
  needsTree(grant: PlaybackGrant): boolean {
    return this.storage.needsTree(grant);
  }

  /** @throws RcsError for everything that stands in the way, before any plaintext exists. */
  async open(request: OpenRequest, signal: AbortSignal): Promise<OpenMedia> {
    const file = this.storage.locate(request.grant, request.leaves, request.storage);
    try {
      switch (request.grant.layout) {
        case 'plain':
          return await openPlain(request, file, signal);
        case 'detached':
          return await this.openDetached(request, file, signal);
        case 'attached':
          return await this.openAttached(request, file, signal);
        case undefined:
          throw new RcsError('RCS_GRANT_REFUSED', 'the grant does not say how the media is stored');
      }
    } catch (error) {
      throw envelopeError(error);
    }
  }

  private async openDetached(request: OpenRequest, file: PinnedFile, signal: AbortSignal): Promise<OpenMedia> {
    const envelopeBytes = request.detachedEnvelope;
    if (envelopeBytes === undefined) throw new RcsError('RCS_GRANT_REFUSED', 'the envelope of the grant was not sent');
    checkDigest(request.grant, envelopeBytes);
    const envelope = parseDetachedEnvelope(envelopeBytes, this.tolerance);
    // Before the key is used: whoever asks again uses it again.
    file.require({ tail: tailBytes });
    const [content, candidates] = await bothOrNeither(
      step => inStep(request.requestId, 'stored file', () => file.open({ tail: tailBytes }, step)),
      step => this.unwrap(request, envelopeBytes, step),
      signal,
      ([, late]) => late && zeroCandidates(late),
    );
    const contentMap = detachedContentMap(content.source, envelope);
    return this.openEncrypted(request, { content, envelope, envelopeBytes, contentMap }, candidates, signal);
  }

  private async openAttached(request: OpenRequest, file: PinnedFile, signal: AbortSignal): Promise<OpenMedia> {
    const ends = { head: headBytes, tail: tailBytes };
    const content = await inStep(request.requestId, 'stored file', () => file.open(ends, signal));
    const { envelope, envelopeBytes, contentMap } = await readAttachedEnvelope(content.source, signal, {
      segmentSearch: request.scanSegments === true ? 'scan' : 'pattern-or-scan',
      ...this.tolerance,
    });
    checkDigest(request.grant, envelopeBytes);
    const candidates = await this.unwrap(request, envelopeBytes, signal);
    return this.openEncrypted(request, { content, envelope, envelopeBytes, contentMap }, candidates, signal);
  }

  private unwrap(
    request: OpenRequest,
    envelope: Buffer,
    signal: AbortSignal,
    tried: readonly string[] = [],
  ): Promise<SessionKeyCandidates> {
    const { signedGrant: grant, requestId } = request;
    const asked = { grant, envelope, tried, requestId, timeoutMs: this.vaultTimeoutMs, signal };
    return inStep(requestId, 'unwrap', () => this.sessionKeys.unwrap(asked));
  }

  private async openEncrypted(
    request: OpenRequest,
    { content, envelope, envelopeBytes, contentMap }: EncryptedFile,
    candidates: SessionKeyCandidates,
    signal: AbortSignal,
  ): Promise<OpenMedia> {
    const { grant } = request;
    const { stored, source, tree, treeBytes } = content;
    // Where any media plays nothing has to be proved, but between several keys only proof decides.
    const isOnlyKey = candidates.keys.length === 1 && !candidates.more;
    const minimum = content.anyMedia && isOnlyKey ? { minimumEvidenceBits: 0 } : {};
    const open = async ({ sessionKey, certificateAlias, keyIdentifier }: UnwrappedSessionKey): Promise<OpenMedia> => {
      const opening = { source, envelope, contentMap, sessionKey, signal, ...minimum };
      const media = await inStep(request.requestId, 'key proved', () => EncryptedMedia.open(opening));
      content.opened();
      return {
        length: media.plaintextLength,
        entityTag: entityTagOf({ ...validatorsOf(stored), envelopeDigest: grant.envelopeDigest }),
        lastModified: stored.lastModified,
        certificateAlias,
        openedBy: { contactCenter: grant.contactCenter, keyIdentifier },
        tree,
        memoryBytes: treeBytes,
        stream: (start, end, streamSignal) => media.stream(start, end, streamSignal),
        dividable: (start, end) => media.dividable(start, end),
        deriveKey: purpose => Buffer.from(hkdfSync('sha256', sessionKey, Buffer.alloc(0), purpose, 32)),
        close: () => {
          media.close();
          sessionKey.fill(0);
        },
      };
    };
    try {
      const others = (tried: readonly string[]): Promise<SessionKeyCandidates> =>
        this.unwrap(request, envelopeBytes, signal, tried);
      return await openWithCandidates(candidates, { open, isWrongKey, others });
    } catch (error) {
      throw contentError(error);
    }
  }
}

async function openPlain({ grant }: OpenRequest, file: PinnedFile, signal: AbortSignal): Promise<OpenMedia> {
  const isPinned = grant.content !== undefined;
  const content = await file.open(isPinned ? {} : { head: mediaHeadBytes }, signal);
  if (!isPinned) await refuseEncrypted(content, signal);
  content.opened();
  return plainMedia(content);
}

function plainMedia({ stored, source, tree, treeBytes }: StoredContent): OpenMedia {
  return {
    length: stored.size,
    entityTag: entityTagOf({ ...validatorsOf(stored), envelopeDigest: undefined }),
    lastModified: stored.lastModified,
    certificateAlias: undefined,
    tree,
    memoryBytes: treeBytes,
    stream: (start, end, signal) => source.stream(start, end, signal),
    dividable: () => true,
    close: () => undefined,
  };
}

/** A grant of an older gateway says "plain" of whatever was not recognised once. */
async function refuseEncrypted({ source }: StoredContent, signal: AbortSignal): Promise<void> {
  const found = await recogniseStoredFile(source, signal);
  if (found.kind === 'media' || found.kind === 'unknown') return;
  throw new RcsError(
    'RCS_MEDIA_NOT_RECOGNISED',
    'the grant says plain, and the stored file has an envelope or parts of one',
  );
}

const validatorsOf = ({ entityTag, lastModified, size }: StoredObject) => ({ entityTag, lastModified, size });

function checkDigest(grant: PlaybackGrant, envelope: Buffer): void {
  if (grant.envelopeDigest === envelopeDigest(envelope)) return;
  throw new RcsError(
    'RCS_ENVELOPE_CHANGED',
    `the envelope of recording ${grant.recording} is not the one of the grant`,
  );
}

/** Runs two steps side by side; when one fails the other is cancelled and what it may still bring is given to `discard`. */
async function bothOrNeither<A, B>(
  first: (signal: AbortSignal) => Promise<A>,
  second: (signal: AbortSignal) => Promise<B>,
  parent: AbortSignal,
  discard: (late: readonly [A | undefined, B | undefined]) => void,
): Promise<[A, B]> {
  const controller = new AbortController();
  const signal = AbortSignal.any([parent, controller.signal]);
  const steps = [first(signal), second(signal)] as const;
  try {
    return await Promise.all(steps);
  } catch (error) {
    controller.abort(error);
    const [a, b] = await Promise.allSettled(steps);
    discard([a.status === 'fulfilled' ? a.value : undefined, b.status === 'fulfilled' ? b.value : undefined]);
    throw error;
  }
}
