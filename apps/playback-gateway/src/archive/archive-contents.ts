import { createHash } from 'node:crypto';
import type { LeftOut, ManifestMember, ZipMember } from '#archive';

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
  /** Records of the audit that are proved of its recordings. */
  proofs = 0;

  /** The member; once the last of its bytes has gone it stands in the manifest. */
  hashed(member: ZipMember, origin: MemberOrigin = {}): ZipMember {
    return { ...member, content: () => this.hashing(member, origin) };
  }

  private async *hashing({ name: path, length, content }: ZipMember, origin: MemberOrigin): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    for await (const chunk of content()) {
      hash.update(chunk);
      this.bytes += chunk.length;
      yield chunk;
    }
    this.members.push({ path, length, sha256: hash.digest('hex'), ...origin });
  }
}
