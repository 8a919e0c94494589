import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';

export interface LoginLimits {
  /** Length of the sliding window, milliseconds. */
  readonly windowMs: number;
  readonly failuresPerUser: number;
  /** Above it attempts from there are slowed, not refused: everybody behind a NAT is one address. */
  readonly failuresPerAddress: number;
}

/** Whose password an attempt is about, as far as that is known before the password is looked at. */
export interface LoginIdentity {
  /** Services are the recorder and operations accounts; strangers at an address must not keep them out. */
  readonly kind: 'person' | 'service';
  /** The same for every spelling of one account's name. */
  readonly key: string;
  /** Where the account belongs, or would belong. */
  readonly contactCenter?: string;
}

/** What a login is counted under. */
export interface LoginSource {
  readonly identity: LoginIdentity;
  readonly address: string;
}

/** Names of users and addresses as parts of a key: bounded in length, and no names of people in Redis. */
export function throttleKeys({ identity, address }: LoginSource) {
  const user = digest(identity.key);
  const network = networkOf(address);
  return {
    user: `login-failures:user:${user}`,
    address: `login-failures:address:${network}`,
    /** Failures at one network alone: strangers elsewhere cannot lock out who is known there, nor services. */
    familiar: `login-failures:familiar:${user}:${network}`,
    /** Exists where this user has logged in before. */
    known: `login-known:${user}:${network}`,
  };
}

/** One customer owns a whole IPv6 /64; counting single addresses would count nothing. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0') : [];
  const groups = [...left, ...zeros, ...right].slice(0, 4).map(group => group.replace(/^0+(?=.)/, ''));
  return `${groups.join(':')}::/64`;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
