import { BlockList, isIP } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';
import type { ServerSettings } from '#platform';

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
      const network = address === undefined ? undefined : networkOf(address);
      return client => (userName === undefined || client.userName === userName) && (network?.(client.address) ?? true);
    });
  }

  covers(client: CsrfClient): boolean {
    if (client.headers.origin !== undefined || client.headers['sec-fetch-site'] !== undefined) return false;
    return this.judges.some(judge => judge(client));
  }
}

function networkOf(text: string): (address: string) => boolean {
  const [base = '', prefix] = text.split('/');
  const family = familyOf(base);
  const network = new BlockList();
  if (prefix === undefined) network.addAddress(base, family);
  else network.addSubnet(base, Number(prefix), family);
  return address => isIP(address) !== 0 && network.check(address, familyOf(address));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6');
