import { Inject, Injectable } from '@nestjs/common';
import { envelopeDigest } from '#grants';
import { ContentTreeBuilder } from '#media-storage';
import { RcsError } from '#platform';
import type { MediaFile, MediaFinding, Recording, RecordingStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { envelopeInMetadata } from '../envelopes/envelope-in-metadata.js';
import { findingOfContentTree, findingOfInspection } from '../media-index/media-finding.js';
import { MediaInspector, type InspectionRequest } from '../media-index/media-inspector.js';
import { WorkerErrands } from '../media-index/worker-errands.js';
import { contentTypeOf } from '../playback/media-type.js';
import { playGrant } from '../playback/playback.service.js';
import { WorkerClient } from '../workers/worker-client.js';

/** What is asked about the two files, but for the files. */
export type ComparisonSubject = Omit<InspectionRequest, 'mediaFile' | 'recording'> & { readonly recording: Recording };

/** SHA-256 trees over media in the clear. */
interface Plaintext {
  readonly length: number;
  readonly root: string;
}

/**
 * Proves that an encrypted file is the plain one: a worker reads the plain file, opens the encrypted one as for a playback,
 * with a key that the vault has, and the two come to the same tree. So nobody puts another recording in the place of one,
 * and nothing is switched to what would not play.
 */
@Injectable()
export class PlaintextComparison {
  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: Pick<RecordingStore, 'findPin'>,
    private readonly inspector: MediaInspector,
    private readonly errands: WorkerErrands,
    private readonly workers: WorkerClient,
  ) {}

  /** What is known of the encrypted file by looking into it: its stored bytes are held to that from now on. */
  async look(subject: ComparisonSubject, encrypted: MediaFile): Promise<MediaFinding> {
    const request = { ...subject, mediaFile: encrypted };
    const found = findingOfInspection(encrypted, await this.inspector.inspect(request), 'insertion');
    const pinned = { ...found.pin, contentRootFrom: 'insertion' } as const;
    const tree = findingOfContentTree(encrypted, pinned, await this.inspector.contentTree(request));
    return { ...found, ...tree, recipients: found.recipients ?? [] };
  }

  /** @throws RcsError RCS_PLAINTEXT_DIFFERS, and whatever a player would hear of a file that does not play. */
  async prove(subject: ComparisonSubject, plain: MediaFile, encrypted: MediaFile, found: MediaFinding): Promise<void> {
    const before = await this.plaintextOf(subject, plain);
    const after = await this.decrypted(subject, encrypted, found);
    if (before.length === after.length && before.root === after.root) return;
    const publicDetail = `${before.length} bytes in the clear before, ${after.length} after`;
    throw new RcsError('RCS_PLAINTEXT_DIFFERS', undefined, { publicDetail });
  }

  /** The pin tells of the time when the recording was inserted; where it knows no root the file is read. */
  private async plaintextOf(subject: ComparisonSubject, mediaFile: MediaFile): Promise<Plaintext> {
    const pin = await this.recordings.findPin(subject.recording.id, mediaFile.mediaId);
    if (pin?.length !== undefined && pin.contentRoot !== undefined)
      return { length: pin.length, root: pin.contentRoot };
    return this.inspector.contentTree({ ...subject, mediaFile });
  }

  private async decrypted(
    { recording, userName, requestId, signal }: ComparisonSubject,
    mediaFile: MediaFile,
    { pin, leaves }: MediaFinding,
  ): Promise<Plaintext> {
    const envelope = envelopeInMetadata(mediaFile);
    if (envelope === undefined || pin.length === undefined || pin.contentRoot === undefined || leaves === undefined)
      throw new RcsError('RCS_INTERNAL', 'an encrypted file without envelope or tree');
    const detached = envelope.toString('base64');
    const content = { length: pin.length, root: pin.contentRoot };
    const located = { layout: 'detached', digest: envelopeDigest(envelope), detached, content } as const;
    const request = {
      method: 'GET',
      envelope: detached,
      contentTree: Buffer.from(leaves).toString('base64'),
      contentType: contentTypeOf(mediaFile.type),
    } as const;
    const answer = await this.errands.run(
      playGrant(recording, mediaFile, userName, located),
      (worker, granted) => this.workers.requestMedia(worker, { ...granted, ...request }, requestId, signal),
      signal,
    );
    const tree = new ContentTreeBuilder();
    signal.addEventListener('abort', () => answer.body.destroy(), { once: true });
    for await (const chunk of answer.body as AsyncIterable<Buffer>) tree.update(chunk);
    if (answer.status !== 200) throw new RcsError('RCS_WORKER_FAILED', `a worker answered ${answer.status}`);
    return tree.finish();
  }
}
