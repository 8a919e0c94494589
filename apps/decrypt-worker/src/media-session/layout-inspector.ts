import {
  CmsError,
  deviationsOf,
  mediaHeadBytes,
  parseDetachedEnvelope,
  readAttachedEnvelope,
  recogniseStoredFile,
  type EnvelopeTolerance,
} from '#cms';
import type { DeclaredProtection, HandedStorage, InspectReply } from '#contracts';
import { envelopeDigest, type PlaybackGrant } from '#grants';
import type { StoredObject } from '#media-storage';
import type { GrantedStorages } from './granted-storages.js';

export interface InspectionRequest {
  readonly grant: PlaybackGrant;
  readonly declared: DeclaredProtection;
  /** From the metadata. */
  readonly detachedEnvelope: Buffer | undefined;
  /** The storage that the grant names, if it names one. */
  readonly storage?: HandedStorage | undefined;
}

/** An envelope of some forty recipients, and enough to recognise media by. */
const headBytes = Math.max(16 * 1024, mediaHeadBytes);

/**
 * Decides what a stored file is, by what the metadata declares and by what is found in it. "Not recognised" is never
 * "plain":
 *
 * | declared | an envelope is found | a signature of media is found | neither |
 * | --- | --- | --- | --- |
 * | pkcs7 | refused: no ciphertext begins like that | detached: the stored bytes are ciphertext | the same |
 * | certAlias | attached | refused: declared encrypted, found clear | refused |
 * | nothing | attached | plain | refused, unless the storage says `plainMedia: any` |
 *
 * What shows traces of an envelope that cannot be read is refused whatever the storage says.
 */
export class LayoutInspector {
  constructor(
    private readonly storages: Pick<GrantedStorages, 'locate'>,
    private readonly tolerance: EnvelopeTolerance = {},
    private readonly onDeviation: (recording: string, deviations: readonly string[]) => void = () => undefined,
  ) {}

  /** @throws RcsError of the storage; a file that is refused is an answer. */
  async inspect(
    { grant, declared, detachedEnvelope, storage }: InspectionRequest,
    signal: AbortSignal,
  ): Promise<InspectReply> {
    const { storages, location } = this.storages.locate(grant, storage);
    const stored = await storages.open(location, { head: headBytes }, signal);
    try {
      const rules = { plainMedia: storages.plainMediaOf(location), tolerance: this.tolerance };
      const reply =
        declared === 'pkcs7'
          ? await inspectDetached(stored, detachedEnvelope, this.tolerance, signal)
          : await inspectContent(stored, { declared, ...rules }, signal);
      this.tellDeviations(grant.recording, reply);
      return reply;
    } catch (error) {
      if (error instanceof CmsError) return refused(stored, 'RCS_ENVELOPE_UNREADABLE', error.message);
      throw error;
    }
  }

  private tellDeviations(recording: string, reply: InspectReply): void {
    if (reply.layout !== 'attached' && reply.layout !== 'detached') return;
    const deviations = deviationsOf(parseDetachedEnvelope(Buffer.from(reply.envelope, 'base64'), this.tolerance));
    if (deviations.length > 0) this.onDeviation(recording, deviations);
  }
}

/**
 * The stored bytes are the ciphertext of the envelope in the metadata. An attached file in its place may end like its own
 * content, so that padding and key are right and the envelope is played as noise before the media.
 */
async function inspectDetached(
  stored: StoredObject,
  envelope: Buffer | undefined,
  tolerance: EnvelopeTolerance,
  signal: AbortSignal,
): Promise<InspectReply> {
  if (envelope === undefined) return refused(stored, 'RCS_ENVELOPE_UNREADABLE', 'the metadata has an empty envelope');
  parseDetachedEnvelope(envelope, tolerance);
  if ((await recogniseStoredFile(stored, signal)).kind === 'envelope')
    return refused(
      stored,
      'RCS_MEDIA_NOT_RECOGNISED',
      'the metadata has an envelope, and the stored file one of its own',
    );
  return { layout: 'detached', ...stateOf(stored), ...described(envelope) };
}

interface ContentRules {
  readonly declared: Exclude<DeclaredProtection, 'pkcs7'>;
  readonly plainMedia: 'recognised' | 'any';
  readonly tolerance: EnvelopeTolerance;
}

async function inspectContent(
  stored: StoredObject,
  { declared, plainMedia, tolerance }: ContentRules,
  signal: AbortSignal,
): Promise<InspectReply> {
  const found = await recogniseStoredFile(stored, signal);
  switch (found.kind) {
    case 'envelope': {
      const { envelopeBytes } = await readAttachedEnvelope(stored, signal, tolerance);
      return { layout: 'attached', ...stateOf(stored), ...described(envelopeBytes) };
    }
    case 'media':
      return declared === 'certAlias'
        ? refused(
            stored,
            'RCS_MEDIA_DECLARED_ENCRYPTED',
            `declared encrypted, and the file is clear media (${found.format})`,
          )
        : { layout: 'plain', ...stateOf(stored), format: found.format };
    case 'trace':
      return refused(stored, 'RCS_MEDIA_NOT_RECOGNISED', `no envelope that can be read: ${found.trace}`);
    case 'unknown':
      return declared === 'nothing' && plainMedia === 'any'
        ? { layout: 'plain', ...stateOf(stored) }
        : refused(
            stored,
            'RCS_MEDIA_NOT_RECOGNISED',
            `neither an envelope nor a known format of media; entropy ${found.entropy.toFixed(2)} bits per byte`,
          );
  }
}

type Refusal = Extract<InspectReply, { layout: 'unrecognised' }>;

const refused = (stored: StoredObject, code: Refusal['code'], detail: string): Refusal => ({
  layout: 'unrecognised',
  ...stateOf(stored),
  code,
  detail,
});

/** The stored file as it is pinned. */
export function stateOf({ size, entityTag, lastModified }: StoredObject) {
  return {
    length: size,
    ...(entityTag === undefined ? {} : { entityTag }),
    ...(lastModified === undefined ? {} : { lastModified: lastModified.toISOString() }),
  };
}

const described = (envelope: Buffer) => ({
  envelopeDigest: envelopeDigest(envelope),
  envelope: envelope.toString('base64'),
});
