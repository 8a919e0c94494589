import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** Where the vaults of one configured address are reached. */
export interface VaultAddress {
  /** host:port to connect to. */
  readonly address: string;
  /** The name that the certificate of whoever answers there has to carry. */
  readonly serverName: string;
}

/** The IP addresses of a host name, as the resolver lists them. @throws where it has none or does not answer. */
export type LookUp = (host: string) => Promise<readonly string[]>;

export const lookUpAll: LookUp = async host => (await lookup(host, { all: true })).map(({ address }) => address);

/** The host of host:port, without the brackets of IPv6. */
export function hostOf(address: string): string {
  return new URL(`https://${address}`).hostname.replace(/^\[|\]$/g, '');
}

/** Whether there is something to look up: a name, and not an IP address. */
export const isNamed = (address: string): boolean => isIP(hostOf(address)) === 0;

/**
 * Every vault behind an address. A name with several addresses of one family, as that of a headless Service, stands for
 * as many vaults; of a name with both families IPv4 counts, or each vault would be there twice. What stands for one vault
 * stays a name: gRPC looks it up whenever it connects.
 */
export function behind(address: string, found: readonly string[]): readonly VaultAddress[] {
  const serverName = hostOf(address);
  const distinct = [...new Set(found)].sort();
  const family4 = distinct.filter(ip => isIP(ip) === 4);
  const one = family4.length > 0 ? family4 : distinct;
  if (one.length < 2) return [{ address, serverName }];
  const port = address.slice(address.lastIndexOf(':') + 1);
  return one.map(ip => ({ address: `${isIP(ip) === 6 ? `[${ip}]` : ip}:${port}`, serverName }));
}
