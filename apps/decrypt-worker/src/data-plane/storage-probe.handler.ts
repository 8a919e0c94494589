import { storageProbeRequestSchema, type StorageProbeReply } from '#contracts';
import type { GrantVerifier } from '#grants';
import { deadlineSignal, RcsError } from '#platform';
import type { GrantedStorages } from '../media-session/granted-storages.js';
import type { Exchange } from './data-plane-exchange.js';

/** Somebody looks at a page meanwhile. */
const deadlineMs = 5_000;

/** Sees whether a storage answers, with the credentials and the trust that playbacks have. */
export class StorageProbeHandler {
  constructor(
    private readonly grants: Pick<GrantVerifier, 'verifyStorageProbe'>,
    private readonly storages: Pick<GrantedStorages, 'probe'>,
  ) {}

  async handle(body: unknown, exchange: Exchange): Promise<void> {
    const parsed = storageProbeRequestSchema.safeParse(body);
    if (!parsed.success) throw new RcsError('RCS_INVALID_VALUE', 'storage probe: the grant is missing');
    const grant = this.grants.verifyStorageProbe(parsed.data.grant);
    const signal = deadlineSignal(deadlineMs, exchange.signal);
    const reply: StorageProbeReply = await this.storages.probe(grant, parsed.data.storage, signal);
    exchange.response.writeHead(200, { 'content-type': 'application/json' });
    exchange.response.end(JSON.stringify(reply));
  }
}
