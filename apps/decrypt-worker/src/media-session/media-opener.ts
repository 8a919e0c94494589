import {
  detachedContentMap,
  EncryptedMedia,
  parseDetachedEnvelope,
  readAttachedEnvelope,
  type ContentMap,
  type DetachedEnvelope,
} from '#cms';
import {
  envelopeDigest,
  openWithCandidates,
  zeroCandidates,
  type PlaybackGrant,
  type SessionKeyCandidates,
  type SessionKeyClient,
  type UnwrappedSessionKey,
} from '#contracts';
import type { MediaLocation, MediaStorages, StoredObject } from '#media-storage';
import { RcsError } from '#platform';
import { entityTagOf } from '../http-semantics/representation.js';
import { contentError, envelopeError, isWrongKey } from './cms-errors.js';
import type { OpenMedia } from './media-session.js';

export interface OpenRequest {
  readonly grant: PlaybackGrant;
  readonly signedGrant: string;
  /** The detached envelope from the metadata of the recording. */
  readonly detachedEnvelope: Buffer | undefined;
  readonly requestId: string;
  /** Read the segments of an attached file one by one, because they are known to be uneven. */
  readonly scanSegments?: boolean;
}

/** What is stored of encrypted media, and the envelope that belongs to it. */
interface EncryptedFile {
  readonly stored: StoredObject;
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
    private readonly storages: MediaStorages,
    private readonly sessionKeys: SessionKeyClient,
    private readonly vaultTimeoutMs: number,
  ) {}

  /** @throws RcsError for everything that stands in the way, before any plaintext exists. */
  async open(request: OpenRequest, signal: AbortSignal): Promise<OpenMedia> {
    const location = this.storages.resolve(request.grant.location, request.grant.contactCenter);
    try {
      switch (request.grant.layout) {
        case 'plain':
          return plainMedia(await this.storages.open(location, {}, signal));
        case 'detached':
          return await this.openDetached(request, location, signal);
        case 'attached':
          return await this.openAttached(request, location, signal);
        case undefined:
          throw new RcsError('RCS_GRANT_REFUSED', 'the grant does not say how the media is stored');
      }
    } catch (error) {
      throw envelopeError(error);
    }
  }

  private async openDetached(request: OpenRequest, location: MediaLocation, signal: AbortSignal): Promise<OpenMedia> {
    const envelopeBytes = request.detachedEnvelope;
    if (envelopeBytes === undefined) throw new RcsError('RCS_GRANT_REFUSED', 'the envelope of the grant was not sent');
    checkDigest(request.grant, envelopeBytes);
    const envelope = parseDetachedEnvelope(envelopeBytes);
    const [stored, candidates] = await bothOrNeither(
      step => this.storages.open(location, { tail: tailBytes }, step),
      step => this.unwrap(request, envelopeBytes, step),
      signal,
      ([, late]) => late && zeroCandidates(late),
    );
    const contentMap = detachedContentMap(stored, envelope);
    return this.openEncrypted(request, { stored, envelope, envelopeBytes, contentMap }, candidates, signal);
  }

  private async openAttached(request: OpenRequest, location: MediaLocation, signal: AbortSignal): Promise<OpenMedia> {
    const stored = await this.storages.open(location, { head: headBytes, tail: tailBytes }, signal);
    const { envelope, envelopeBytes, contentMap } = await readAttachedEnvelope(stored, signal, {
      segmentSearch: request.scanSegments === true ? 'scan' : 'pattern-or-scan',
    });
    checkDigest(request.grant, envelopeBytes);
    const candidates = await this.unwrap(request, envelopeBytes, signal);
    return this.openEncrypted(request, { stored, envelope, envelopeBytes, contentMap }, candidates, signal);
  }

  private unwrap(
    request: OpenRequest,
    envelope: Buffer,
    signal: AbortSignal,
    tried: readonly string[] = [],
  ): Promise<SessionKeyCandidates> {
    const { signedGrant: grant, requestId } = request;
    return this.sessionKeys.unwrap({ grant, envelope, tried, requestId, timeoutMs: this.vaultTimeoutMs, signal });
  }

  private async openEncrypted(
    request: OpenRequest,
    { stored, envelope, envelopeBytes, contentMap }: EncryptedFile,
    candidates: SessionKeyCandidates,
    signal: AbortSignal,
  ): Promise<OpenMedia> {
    const open = async ({ sessionKey, certificateAlias }: UnwrappedSessionKey): Promise<OpenMedia> => {
      const media = await EncryptedMedia.open({ source: stored, envelope, contentMap, sessionKey, signal });
      return {
        length: media.plaintextLength,
        entityTag: entityTagOf({ ...validatorsOf(stored), envelopeDigest: request.grant.envelopeDigest }),
        lastModified: stored.lastModified,
        certificateAlias,
        stream: (start, end, streamSignal) => media.stream(start, end, streamSignal),
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

function plainMedia(stored: StoredObject): OpenMedia {
  return {
    length: stored.size,
    entityTag: entityTagOf({ ...validatorsOf(stored), envelopeDigest: undefined }),
    lastModified: stored.lastModified,
    certificateAlias: undefined,
    stream: (start, end, signal) => stored.stream(start, end, signal),
    close: () => undefined,
  };
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
