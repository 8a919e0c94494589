import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { envelopeDigest } from '#grants';
import { deadlineSignal, describeError, RcsError, throwIfAborted } from '#platform';
import {
  withoutContentTree,
  type AuditEntry,
  type AuditLog,
  type MediaEncryptionStore,
  type MediaFile,
  type Recording,
  type RecordingStore,
  type RetentionStore,
} from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { envelopeAsDer } from '../envelopes/envelope-as-der.js';
import { recipientsOfMediaFile } from '../envelopes/recipient-names.js';
import { LocationClaims } from '../media-index/location-claims.js';
import { MediaPinning } from '../media-index/media-pinning.js';
import { InsertedEnvelopes } from '../recordings/inserted-envelopes.js';
import type { FinishEncryption, PlanEncryption } from './media-encryption.schema.js';
import { PlaintextComparison } from './plaintext-comparison.js';
import { saysNothingOfEncryption, StoredPlaces } from './stored-places.js';

/** Screens of a day are sent over slow lines: what was planned before goes, unless a recording names it. */
const leaseMs = 6 * 3_600_000;
/** A playback that was permitted before the switch has begun to read the plain file by then. */
const graceMs = 10_000;
/** Of the comparison: two readings of a large file. */
const deadlineMs = 30 * 60_000;
/** Whoever asks hears in this time that they have to ask again; the comparison goes on. */
const patienceMs = 20_000;
const retryAfterMs = 2000;

/** Who encrypts, and what the audit says of them. */
export type EncryptionActor = Pick<AuditEntry, 'user' | 'userSource' | 'address'> & {
  readonly contactCenter: string;
  readonly requestId: string;
};

export interface FinishedEncryption {
  readonly result: 'encrypted' | 'unchanged';
}

/** Puts the encrypted file of a plain recording in its place, once it is proved to be the same recording. */
@Injectable()
export class MediaEncryptionService implements OnApplicationShutdown {
  private readonly running = new Map<string, Promise<FinishedEncryption>>();
  private readonly stopping = new AbortController();

  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    @Inject(storeTokens.mediaEncryptions) private readonly encryptions: MediaEncryptionStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(storeTokens.retention) private readonly retention: Pick<RetentionStore, 'notAhead'>,
    private readonly claims: LocationClaims,
    private readonly places: StoredPlaces,
    private readonly pinning: MediaPinning,
    private readonly envelopes: InsertedEnvelopes,
    private readonly comparison: PlaintextComparison,
  ) {}

  onApplicationShutdown(): void {
    this.stopping.abort(new RcsError('RCS_SHUTTING_DOWN'));
  }

  /**
   * Says where the encrypted file is to be stored.
   * @throws RcsError RCS_MEDIA_NOT_PLAIN, RCS_RECORDING_NOT_FOUND
   */
  async plan(asked: PlanEncryption, actor: EncryptionActor): Promise<{ newPath: string; until: string }> {
    await this.places.requireClaims();
    const { recording, mediaFile } = await this.find(asked, actor);
    if (!isPlainAt(mediaFile, asked.path)) throw notPlain();
    await this.requirePlain(recording, mediaFile, actor);
    const newPath = `${asked.path}.${randomBytes(8).toString('hex')}.bin`;
    const descriptor = { ...mediaFile.mediaDescriptor, path: newPath };
    const location = await this.claims.placeOf(descriptor, actor.contactCenter);
    const now = await this.retention.notAhead(Date.now());
    const leaseUntil = now + leaseMs;
    const plan = { ...asked, contactCenter: actor.contactCenter, descriptor, location, leaseUntil, now };
    if (!(await this.encryptions.plan(plan))) throw notPlain();
    return { newPath, until: new Date(leaseUntil).toISOString() };
  }

  /**
   * Compares, and switches. Whoever repeats it while it runs waits for the same one.
   * @throws RcsError RCS_ENCRYPTION_PENDING where it takes longer than a caller waits
   */
  async finish(asked: FinishEncryption, actor: EncryptionActor): Promise<FinishedEncryption> {
    const found = await this.find(asked, actor);
    const key = JSON.stringify([actor.contactCenter, asked]);
    let finishing = this.running.get(key);
    if (finishing === undefined) {
      finishing = this.finished(asked, found, actor).finally(() => this.running.delete(key));
      // Those who wait hear of a failure; it is in the audit, too.
      finishing.catch(() => undefined);
      this.running.set(key, finishing);
    }
    return withinPatience(finishing);
  }

  private async finished(
    { newPath, certAlias, ...asked }: FinishEncryption,
    { recording, mediaFile }: { recording: Recording; mediaFile: MediaFile },
    actor: EncryptionActor,
  ): Promise<FinishedEncryption> {
    const pkcs7 = await envelopeAsDer(asked.pkcs7);
    if (mediaFile.mediaDescriptor.path === newPath && mediaFile.pkcs7 === pkcs7) return { result: 'unchanged' };
    if (!isPlainAt(mediaFile, asked.path)) throw notPlain();
    const encrypted = encryptedFile(mediaFile, newPath, pkcs7, certAlias);
    const entry = {
      ...actor,
      event: 'media-encryption',
      recording: recording.id,
      mediaFile: mediaFile.mediaId,
      envelopeDigest: envelopeDigest(Buffer.from(pkcs7, 'base64')),
    } as const;
    await this.audit.append({ ...entry, outcome: 'allowed' });
    try {
      const outcome = await this.replace(recording, mediaFile, encrypted, actor);
      await this.audit.append({ ...entry, outcome: 'done', detail: `${outcome}, for ${certAlias.join(', ')}` });
      return { result: outcome };
    } catch (error) {
      await this.audit.append({ ...entry, outcome: 'failed', detail: describeError(error) });
      throw error;
    }
  }

  private async replace(
    recording: Recording,
    plain: MediaFile,
    encrypted: MediaFile,
    { contactCenter, requestId, user = '' }: EncryptionActor,
  ): Promise<'encrypted' | 'unchanged'> {
    const signal = deadlineSignal(deadlineMs, this.stopping.signal);
    const subject = { recording, userName: user, requestId, signal };
    await this.envelopes.check({ ...recording, mediaFiles: [encrypted] }, requestId);
    const finding = await this.comparison.look(subject, encrypted);
    await this.comparison.prove(subject, plain, encrypted, finding);
    throwIfAborted(signal, 'switching to an encrypted file');
    const now = await this.retention.notAhead(Date.now());
    const outcome = await this.encryptions.encrypt({
      recordingId: recording.id,
      mediaId: plain.mediaId,
      contactCenter,
      path: plain.mediaDescriptor.path,
      plainLocation: await this.claims.placeOf(plain.mediaDescriptor, contactCenter),
      descriptor: encrypted.mediaDescriptor,
      location: await this.claims.placeOf(encrypted.mediaDescriptor, contactCenter),
      pkcs7: encrypted.pkcs7 ?? '',
      certAlias: encrypted.certAlias ?? [],
      recipients: encrypted.recipients ?? [],
      finding,
      now,
      removeAt: now + graceMs,
    });
    if (outcome === 'changed') throw notPlain();
    if (outcome === 'overtaken') throw new RcsError('RCS_ENCRYPTION_OVERTAKEN');
    return outcome;
  }

  private async requirePlain(recording: Recording, mediaFile: MediaFile, actor: EncryptionActor): Promise<void> {
    const { requestId, user = '' } = actor;
    const known = await this.recordings.findPin(recording.id, mediaFile.mediaId);
    const request = { recording, mediaFile, userName: user, requestId, signal: deadlineSignal(patienceMs) };
    const pin = known?.inspectedAt === undefined ? (await this.pinning.inspect(request, 'indexer')).pin : known;
    if (pin.layout !== 'plain') throw notPlain();
  }

  private async find({ recordingId, mediaId }: PlanEncryption, { contactCenter }: EncryptionActor) {
    const recording = await this.recordings.find(recordingId);
    if (recording?.contactCenter !== contactCenter)
      throw new RcsError('RCS_RECORDING_NOT_FOUND', `no recording ${JSON.stringify(recordingId)} of ${contactCenter}`);
    const mediaFile = recording.mediaFiles.find(file => file.mediaId === mediaId);
    if (mediaFile !== undefined) return { recording, mediaFile };
    throw new RcsError('RCS_MEDIA_FILE_NOT_FOUND', `no media file ${JSON.stringify(mediaId)}`);
  }
}

const isPlainAt = (mediaFile: MediaFile, path: string): boolean =>
  mediaFile.mediaDescriptor.path === path &&
  mediaFile.mediaDescriptor.storage.toLowerCase() === 'webdav' &&
  saysNothingOfEncryption(mediaFile);

const notPlain = (): RcsError => new RcsError('RCS_MEDIA_NOT_PLAIN');

function encryptedFile(plain: MediaFile, path: string, pkcs7: string, certAlias: readonly string[]): MediaFile {
  const file = { ...withoutContentTree(plain), mediaDescriptor: { ...plain.mediaDescriptor, path }, pkcs7, certAlias };
  return { ...file, recipients: recipientsOfMediaFile(file) };
}

async function withinPatience<T>(finishing: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new RcsError('RCS_ENCRYPTION_PENDING', `more than ${patienceMs} ms`, { retryAfterMs })),
      patienceMs,
    );
  });
  try {
    return await Promise.race([finishing, over]);
  } finally {
    clearTimeout(timer);
  }
}
