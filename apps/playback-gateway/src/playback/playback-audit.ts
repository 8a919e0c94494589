import { Inject, Injectable } from '@nestjs/common';
import { describeError } from '#platform';
import type { AuditEntry, AuditLog, MediaFile, Recording } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedUser } from '../http/audited-user.js';
import type { LocatedEnvelope } from './envelope-locator.js';
import { FinishedPlaybacks } from './finished-playbacks.js';
import type { PlaybackRequest } from './playback-request.js';

/** Who wants to hear what, from where; the same in all records of one playback. */
export type AuditSubject = Pick<
  AuditEntry,
  'user' | 'address' | 'contactCenter' | 'recording' | 'mediaFile' | 'range' | 'requestId'
>;

/** What the audit hears of playbacks. */
@Injectable()
export class PlaybackAudit {
  constructor(
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly finishedPlaybacks: FinishedPlaybacks,
  ) {}

  /** Recorded like every refusal, so that not even the time tells an unknown recording from one that is hidden. */
  async unknown({ user, address, requestId, recordingId }: PlaybackRequest, error: Error): Promise<void> {
    const subject = { ...auditedUser(user), address, requestId, recording: recordingId };
    await this.audit.append({ event: 'playback-refused', outcome: 'refused', ...subject, detail: error.message });
  }

  async refused(subject: AuditSubject, error: unknown): Promise<void> {
    const detail = describeError(error);
    await this.audit.append({ ...subject, event: 'playback-refused', outcome: 'refused', detail });
  }

  /** Resolves when the record is durable. */
  allowed(
    subject: AuditSubject,
    { ticketId }: PlaybackRequest,
    { digest, content }: LocatedEnvelope,
  ): Promise<unknown> {
    return this.audit.append({
      ...subject,
      ...(ticketId === undefined ? {} : { detail: `play ticket ${ticketId}` }),
      contentProof: contentProofOf({ content }),
      ...(digest === undefined ? {} : { envelopeDigest: digest }),
      event: 'playback',
      outcome: 'allowed',
    });
  }

  /** Nobody waits for this record. */
  finished(
    subject: AuditSubject,
    end: Pick<AuditEntry, 'outcome' | 'bytes' | 'contentRange' | 'certificateAlias' | 'detail'>,
  ): void {
    this.finishedPlaybacks.record({ ...subject, ...end });
  }
}

/** Whether every byte is proved to be the recorded one. */
export const contentProofOf = ({ content }: Pick<LocatedEnvelope, 'content'>): 'proved' | 'not proved' =>
  content?.root === undefined ? 'not proved' : 'proved';

export function auditSubject(
  request: PlaybackRequest,
  recording: Recording,
  mediaFile: MediaFile | undefined,
): AuditSubject {
  return {
    ...auditedUser(request.user),
    address: request.address,
    // Who tries to hear a recording of another contact center stands in the audit of their own.
    contactCenter: request.user.contactCenter ?? recording.contactCenter,
    recording: recording.id,
    requestId: request.requestId,
    ...(mediaFile === undefined ? {} : { mediaFile: mediaFile.mediaId }),
    ...(request.conditions.range === undefined ? {} : { range: request.conditions.range.slice(0, 200) }),
  };
}
