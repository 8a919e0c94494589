import { posix } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import {
  checkpointPath,
  recordingProofsFormat,
  recordingProofsName,
  type ManifestMember,
  type ZipMember,
} from '#archive';
import { unprovedCheckpoint } from '#grants';
import type { AuditLog, AuditRecord } from '#store';
import type { AuditVouching } from '../dependencies/gateway-dependencies.js';
import { AUDIT_VOUCHING, storeTokens } from '../dependencies/injection-tokens.js';
import type { ArchiveContents } from './archive-contents.js';
import { memberOf } from './member-of.js';

type Place = Pick<AuditRecord, 'writer' | 'sequence'>;

/** Insertions are what stands first of a recording in the audit; whoever listened to it comes behind them. */
const recordsLookedAt = 64;
/** Of one recording: repetitions, and media files that came later. */
const mostInsertions = 8;

/** What an archive says of the audit: of each recording, the records that concern it here, proved. */
@Injectable()
export class ArchiveProofs {
  constructor(
    @Inject(storeTokens.audit) private readonly audit: Pick<AuditLog, 'query' | 'prove'>,
    @Inject(AUDIT_VOUCHING) private readonly checkpoints: AuditVouching,
  ) {}

  /**
   * A member for each recording that is in the archive, with the proofs of its insertion and of its media files' going into
   * this archive; then the checkpoints that they lead to. They come behind all recordings, so that one checkpoint is enough.
   * @throws RcsError RCS_AUDIT_UNAVAILABLE
   */
  async *membersOf(contents: ArchiveContents, contactCenter: string): AsyncGenerator<ZipMember> {
    const recordings = recordingsOf(contents.members);
    const notes = new Map<string, string>();
    for (const { writer, sequence } of lastOfWriters(recordings))
      await this.checkpoints.coveringCheckpoint(writer, sequence);
    for (const { recording, folder, archived } of recordings) {
      const places = [...(await this.insertionsOf(recording, contactCenter)), ...archived];
      const proofs: object[] = [];
      for (const place of places) {
        const proof = await this.proofOf(place, contactCenter, notes);
        if (proof !== undefined) proofs.push(proof);
      }
      contents.proofs += proofs.length;
      const document = { format: recordingProofsFormat, recording, proofs };
      yield contents.hashed(memberOf(`${folder}/${recordingProofsName}`, jsonOf(document)));
    }
    for (const [path, note] of notes) yield contents.hashed(memberOf(path, Buffer.from(note)));
  }

  /** None where the month of the insertion was archived, or the recording came another way. */
  private async insertionsOf(recording: string, contactCenter: string): Promise<Place[]> {
    const found: Place[] = [];
    for await (const record of this.audit.query({ recording, contactCenter, limit: recordsLookedAt }))
      if (record.event === 'recording-inserted' && record.outcome === 'allowed' && found.length < mostInsertions)
        found.push(record);
    return found;
  }

  private async proofOf(
    { writer, sequence }: Place,
    contactCenter: string,
    notes: Map<string, string>,
  ): Promise<object | undefined> {
    const { note, size } = await this.checkpoints.coveringCheckpoint(writer, sequence);
    const proof = await this.audit.prove(writer, sequence, size);
    const number = unprovedCheckpoint(note)?.content.number;
    if (proof === undefined || number === undefined || proof.record.contactCenter !== contactCenter) return undefined;
    const checkpoint = checkpointPath(number);
    notes.set(checkpoint, note);
    return { ...proof, checkpoint };
  }
}

interface ArchivedRecording {
  readonly recording: string;
  readonly folder: string;
  /** Records of its media files. */
  readonly archived: Place[];
}

/** Those whose `recording.json` is in the archive. */
function recordingsOf(members: readonly ManifestMember[]): ArchivedRecording[] {
  const archived = new Map<string, Place[]>();
  const recordings: ArchivedRecording[] = [];
  for (const { path, recording, mediaFile, audit } of members) {
    if (recording === undefined) continue;
    const places = archived.get(recording) ?? [];
    archived.set(recording, places);
    if (mediaFile === undefined) recordings.push({ recording, folder: posix.dirname(path), archived: places });
    else if (audit !== undefined) places.push(audit);
  }
  return recordings;
}

function lastOfWriters(recordings: readonly ArchivedRecording[]): Iterable<Place> {
  const last = new Map<string, Place>();
  for (const place of recordings.flatMap(({ archived }) => archived))
    if ((last.get(place.writer)?.sequence ?? -1) < place.sequence) last.set(place.writer, place);
  return last.values();
}

const jsonOf = (document: object): Buffer => Buffer.from(`${JSON.stringify(document, null, 1)}\n`);
