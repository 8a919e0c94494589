import { undecryptable } from '../cms-error.js';

/** Version 1, AES-256, CBC with the padding of CMS: what services write so far. */
const head = Buffer.from([1, 1, 1]);
const keyBytes = 32;
const ivBytes = 16;

/** Bytes of the password of an OpenTok archive: how it is used, a key, an initialisation vector. */
export const passwordBytes = head.length + keyBytes + ivBytes;

interface OpenPassword {
  readonly key: Buffer;
  readonly iv: Buffer;
  /** What its head says for the key that opened it. */
  readonly evidenceBits: number;
}

/**
 * Parts of the password of an OpenTok archive. They share its memory, and are forgotten with it.
 * @throws CmsError CMS_UNDECRYPTABLE where it is no such password
 */
export function openPassword(password: Buffer): OpenPassword {
  if (password.length !== passwordBytes || !password.subarray(0, head.length).equals(head)) throw undecryptable();
  const ivOffset = head.length + keyBytes;
  return {
    key: password.subarray(head.length, ivOffset),
    iv: password.subarray(ivOffset),
    evidenceBits: head.length * 8,
  };
}
