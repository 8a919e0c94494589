import type { Envelope } from '#cms';
import { RcsError } from '#platform';
import type { ArchiveNeed, BegunArchive, KeptArchiveStore } from '#store';
import { recipientName } from '../envelopes/recipient-names.js';

/** An archive of which a member takes longer than this never becomes whole. */
const holdMs = 24 * 60 * 60_000;
const renewAfterMs = 10 * 60_000;
/** Longer than the name of any certificate that can be uploaded; what an envelope says has no bound. */
const longestName = 1024;

/**
 * Which keys one archive needs. They are in the store before the first byte of the media files leaves that need them, so that
 * no key is taken out of use for an archive that is being made; and their numbers before its manifest leaves, without which
 * nobody has an archive. What breaks off before is no archive, and needs nothing.
 */
export class ArchiveNeeds {
  private readonly needs = new Map<string, { readonly recipients: readonly string[]; mediaFiles: number }>();
  /** By `performance.now()`. */
  private writtenAt: number | undefined;
  private isSealed = false;

  constructor(
    private readonly store: KeptArchiveStore,
    private readonly archive: BegunArchive,
  ) {}

  /**
   * Before the first byte of a media file.
   * @throws RcsError RCS_STORE_UNAVAILABLE; RCS_ARCHIVE_GIVEN_UP where the archive was released meanwhile
   */
  async add({ recipients: all }: Pick<Envelope, 'recipients'>): Promise<void> {
    const names = all.map(({ identifier }) => recipientName(identifier)).filter(({ length }) => length <= longestName);
    const recipients = [...new Set(names)].sort();
    const key = recipients.join('\n');
    const known = this.needs.get(key);
    const need = known ?? { recipients, mediaFiles: 0 };
    need.mediaFiles++;
    this.needs.set(key, need);
    if (known === undefined || this.isDue()) await this.write([need], false);
  }

  /** Before the first byte of the manifest. @throws RcsError as `add` */
  async seal(): Promise<void> {
    if (this.needs.size === 0) return;
    await this.write([...this.needs.values()], true);
    this.isSealed = true;
  }

  /** When nothing of it leaves any more. @param isWhole whether all of it did */
  async ended(isWhole: boolean): Promise<void> {
    const { id, contactCenter } = this.archive;
    if (this.writtenAt === undefined) return;
    if (this.isSealed) await this.store.end(id, isWhole ? 'whole' : 'broken-off');
    else await this.store.withdraw(contactCenter, id);
  }

  private isDue(): boolean {
    return this.writtenAt === undefined || performance.now() - this.writtenAt > renewAfterMs;
  }

  private async write(needs: readonly ArchiveNeed[], isSealed: boolean): Promise<void> {
    const now = Date.now();
    const hold = { needs, at: new Date(now).toISOString(), now, holdUntil: now + holdMs };
    const isFirst = this.writtenAt === undefined;
    this.writtenAt = performance.now();
    if (isFirst) return this.store.begin(this.archive, hold);
    if (await this.store.hold({ ...hold, id: this.archive.id, isSealed })) return;
    throw new RcsError('RCS_ARCHIVE_GIVEN_UP', `the archive ${this.archive.id} is not kept any more`);
  }
}
