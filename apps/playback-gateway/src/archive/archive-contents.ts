import { createHash } from 'node:crypto';
import type { LeftOut, ManifestMember, TimeStampState } from '#archive';
import type { ReadyMember } from './ready-ahead.js';

/** What a member of an archive says of itself besides its content. */
export type MemberOrigin = Pick<ManifestMember, 'recording' | 'mediaFile' | 'audit'>;

/** What went into an archive, and what did not, for its manifest. */
export class ArchiveContents {
  readonly members: ManifestMember[] = [];
  readonly leftOut: LeftOut[] = [];
  recordings = 0;
  mediaFiles = 0;
  /** Of these, how many have an envelope for the recipient of the archive instead of their own. */
  rewrapped = 0;
  bytes = 0;
  /** Of members that were made ready, whether their bytes have gone or not. */
  readyBytes = 0;
  /** Records of the audit that are proved of its recordings. */
  proofs = 0;
  /** What the manifest says of a time stamp; undefined before there is one, and where none is wanted. */
  timeStamp: TimeStampState | undefined;

  /** The member; once the last of its bytes has gone it stands in the manifest, and counts. */
  hashed(member: ReadyMember, origin: MemberOrigin = {}, isRewrapped = false): ReadyMember {
    this.readyBytes += member.length;
    return { ...member, content: () => this.hashing(member, origin, isRewrapped) };
  }

  private async *hashing(
    { name: path, length, content, giveUp }: ReadyMember,
    origin: MemberOrigin,
    isRewrapped: boolean,
  ): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    try {
      for await (const chunk of content()) {
        hash.update(chunk);
        this.bytes += chunk.length;
        yield chunk;
      }
    } finally {
      giveUp?.();
    }
    this.members.push({ path, length, sha256: hash.digest('hex'), ...origin });
    if (origin.mediaFile !== undefined) this.mediaFiles++;
    else if (origin.recording !== undefined) this.recordings++;
    if (isRewrapped) this.rewrapped++;
  }
}
