import type { IncomingHttpHeaders } from 'node:http';
import type { ServerSettings } from '#platform';
import { networksOf } from '../http/networks.js';

export interface CsrfClient {
  readonly userName: string;
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
}

type Judge = (client: CsrfClient) => boolean;

/**
 * Clients that cannot send a token. A browser is never one of them: what it sends on behalf of another site carries
 * `Origin` or `Sec-Fetch-Site`, and pages cannot leave those out.
 */
export class CsrfExemptions {
  private readonly judges: readonly Judge[];

  constructor(exemptions: ServerSettings['csrfExemptions']) {
    this.judges = exemptions.map(({ userName, address }) => {
      const network = address === undefined ? undefined : networksOf([address]);
      return client => (userName === undefined || client.userName === userName) && (network?.(client.address) ?? true);
    });
  }

  covers(client: CsrfClient): boolean {
    if (client.headers.origin !== undefined || client.headers['sec-fetch-site'] !== undefined) return false;
    return this.judges.some(judge => judge(client));
  }
}
