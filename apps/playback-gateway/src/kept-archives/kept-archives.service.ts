import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { KeptArchive, KeptArchivePosition, KeptArchiveStore } from '#store';
import { originOf, type Administrator } from '../access/certificate-administrator.js';
import { requireFreshLogin } from '../access/fresh-login.js';
import { CertificateAudit } from '../audit/certificate-audit.js';
import { CertificateCatalog } from '../certificates/certificate-catalog.service.js';
import { CertificateNeedsService } from '../certificates/certificate-needs.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import type { KeptArchivesQuery } from './kept-archives.schema.js';

/** Archives that were made here, as far as nobody has said that they are not needed any more. */
@Injectable()
export class KeptArchivesService {
  constructor(
    @Inject(storeTokens.keptArchives) private readonly store: KeptArchiveStore,
    private readonly certificates: CertificateCatalog,
    private readonly needs: CertificateNeedsService,
    private readonly audit: CertificateAudit,
  ) {}

  /** @throws RcsError RCS_CERTIFICATE_NOT_FOUND, RCS_INVALID_VALUE for a cursor of another kind */
  async list(contactCenter: string, { certificate, cursor, limit }: KeptArchivesQuery) {
    const needing =
      certificate === undefined
        ? undefined
        : await this.needs.questionOf(await this.certificates.require(contactCenter, certificate));
    const after = cursor === undefined ? undefined : positionOf(cursor);
    const archives = await this.store.list({ contactCenter, needing, after, limit });
    const last = archives.length < limit ? undefined : archives.at(-1);
    return { archives: archives.map(viewOf), ...(last === undefined ? {} : { nextCursor: cursorOf(last) }) };
  }

  /**
   * No key is kept for the archive any more; one that is being made breaks off.
   * @throws RcsError RCS_NOT_FOUND, RCS_FRESH_LOGIN_REQUIRED
   */
  async release(administrator: Administrator, id: string, reason: string) {
    const { contactCenter } = administrator;
    const event = 'archive-released';
    const archive = await this.audit.check(administrator, { event, detail: JSON.stringify({ id }) }, () => {
      requireFreshLogin(administrator);
      return this.require(contactCenter, id);
    });
    const detail = JSON.stringify({ id, reason, mediaFiles: archive.mediaFiles });
    await this.audit.act(administrator, { event, detail }, async () => {
      // Somebody else did it at the same moment: it is released.
      await this.store.withdraw(contactCenter, id);
    });
    return { ...viewOf(archive), releasedAt: originOf(administrator).at };
  }

  private async require(contactCenter: string, id: string): Promise<KeptArchive> {
    const archive = await this.store.find(contactCenter, id);
    if (archive !== undefined) return archive;
    throw new RcsError('RCS_NOT_FOUND', `no kept archive ${id}`);
  }
}

function viewOf(archive: KeptArchive): Omit<KeptArchive, 'contactCenter'> {
  const { id, state, begunAt, lastSeenAt, requestedBy, reason, recipient, job, mediaFiles } = archive;
  return {
    ...{ id, state, begunAt, lastSeenAt, requestedBy, reason, mediaFiles },
    ...(recipient === undefined ? {} : { recipient }),
    ...(job === undefined ? {} : { job }),
  };
}

const cursorOf = ({ begunAt, id }: KeptArchivePosition): string =>
  Buffer.from(JSON.stringify([begunAt, id])).toString('base64url');

function positionOf(cursor: string): KeptArchivePosition {
  try {
    const [begunAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (typeof begunAt === 'string' && typeof id === 'string') return { begunAt, id };
  } catch {
    // It is no JSON.
  }
  throw new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail: 'cursor: take nextCursor of the page before' });
}
