import { GatewayAnswerError, type GatewayClient } from '../gateway-client/gateway-client.js';
import type { ArchivePlace } from './archive-place.js';

/** What became of one recording of an archive that is unmounted; `kept`: somebody protects or holds it. */
export interface UnmountOutcome {
  readonly recording: string;
  readonly outcome: 'unmounted' | 'not-mounted' | 'kept';
  readonly detail?: string;
}

/** Takes recordings of one archive out again, each by itself; the archive stays as it is. */
export async function* unmountArchive(
  recordings: readonly string[],
  { storage, path }: ArchivePlace,
  contactCenter: string,
  gateway: Pick<GatewayClient, 'call'>,
): AsyncGenerator<UnmountOutcome> {
  const base = `/api/v2/ops/contact-centers/${encodeURIComponent(contactCenter)}/mounted-recordings`;
  const query = new URLSearchParams({ storage, path }).toString();
  for (const recording of recordings) {
    try {
      await gateway.call('DELETE', `${base}/${encodeURIComponent(recording)}?${query}`);
      yield { recording, outcome: 'unmounted' };
    } catch (error) {
      if (!(error instanceof GatewayAnswerError && [404, 409].includes(error.status))) throw error;
      yield { recording, outcome: error.status === 404 ? 'not-mounted' : 'kept', detail: error.reason };
    }
  }
}
