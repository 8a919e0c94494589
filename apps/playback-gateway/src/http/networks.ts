import { BlockList, isIP } from 'node:net';

/** Judges whether an address is one of these or in one of these networks (`10.1.0.0/16`); a text that is none is not. */
export function networksOf(texts: readonly string[]): (address: string) => boolean {
  const networks = new BlockList();
  for (const text of texts) {
    const [base = '', prefix] = text.split('/');
    const family = familyOf(base);
    if (prefix === undefined) networks.addAddress(base, family);
    else networks.addSubnet(base, Number(prefix), family);
  }
  return address => isIP(address) !== 0 && networks.check(address, familyOf(address));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6');
