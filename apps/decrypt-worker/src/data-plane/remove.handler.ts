import { removeRequestSchema, type RemoveReply } from '#contracts';
import type { GrantVerifier } from '#grants';
import { RcsError, type Logger } from '#platform';
import type { GrantedStorages } from '../media-session/granted-storages.js';
import type { Exchange } from './data-plane-exchange.js';

/** Removes the stored file of a recording that was deleted, expired or erased. */
export class RemoveHandler {
  constructor(
    private readonly grants: Pick<GrantVerifier, 'verify'>,
    private readonly storages: Pick<GrantedStorages, 'locate'>,
    private readonly logger: Logger,
  ) {}

  async handle(body: unknown, { requestId, signal, response }: Exchange): Promise<void> {
    const parsed = removeRequestSchema.safeParse(body);
    if (!parsed.success) throw new RcsError('RCS_INVALID_VALUE', 'remove request: the grant is missing');
    const grant = this.grants.verify(parsed.data.grant);
    const { purpose, contactCenter, recording, mediaFile } = grant;
    if (purpose !== 'remove') throw new RcsError('RCS_GRANT_REFUSED', `a grant to ${purpose} removes nothing`);
    const { storages, location } = this.storages.locate(grant, parsed.data.storage);
    await storages.remove(location, signal);
    this.logger.info({ requestId, contactCenter, recording, mediaFile }, 'a stored file was removed');
    const reply: RemoveReply = { removed: true };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply));
  }
}
