import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';

export interface LoginLimits {
  /** Length of the sliding window, milliseconds. */
  readonly windowMs: number;
  readonly failuresPerUser: number;
  readonly failuresPerAddress: number;
}

/** What a log-in is counted under. */
export interface LoginSource {
  readonly userName: string;
  readonly address: string;
}

/** Names of users and addresses as parts of a key: bounded in length, and no names of people in Redis. */
export function throttleKeys({ userName, address }: LoginSource) {
  const user = digest(userName.normalize('NFC').toLowerCase());
  const network = networkOf(address);
  return {
    user: `login-failures:user:${user}`,
    address: `login-failures:address:${network}`,
    /** Failures from where this user has logged in before are counted apart, so that strangers cannot lock the user out. */
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
