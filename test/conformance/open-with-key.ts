import type { KeyObject } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import {
  BufferSource,
  CmsError,
  EncryptedMedia,
  readAttachedEnvelope,
  type ReadAttachedOptions,
  recogniseStoredFile,
} from '#cms';
import { decryptSessionKey } from '../../libs/cms/src/testing/openssl.js';

const never = new AbortController().signal;

/** What the readers make of a stored file with a private key, as a worker does with that of a vault: whole, and a range. */
export async function openWithKey(
  stored: Buffer,
  privateKey: KeyObject,
  options: ReadAttachedOptions = {},
): Promise<Buffer> {
  const source = new BufferSource(stored);
  expect(await recogniseStoredFile(source, never)).toEqual({ kind: 'envelope' });
  const { envelope, contentMap } = await readAttachedEnvelope(source, never, options);
  let last: unknown = new Error('there is no recipient');
  for (const recipient of envelope.recipients) {
    try {
      const sessionKey = decryptSessionKey(recipient, privateKey);
      const media = await EncryptedMedia.open({ source, envelope, contentMap, sessionKey, signal: never });
      const whole = await buffer(media.stream(0, media.plaintextLength, never));
      const [start, end] = [Math.floor(whole.length / 3), Math.floor(whole.length / 2)];
      expect((await buffer(media.stream(start, end, never))).equals(whole.subarray(start, end))).toBe(true);
      return whole;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/** The message with which the readers refuse a stored file. */
export async function refusalOf(stored: Buffer): Promise<string> {
  const source = new BufferSource(stored);
  const found = await recogniseStoredFile(source, never);
  if (found.kind !== 'envelope') return JSON.stringify(found);
  try {
    await readAttachedEnvelope(source, never);
  } catch (error) {
    if (error instanceof CmsError) return error.message;
    throw error;
  }
  throw new Error('the file was not refused');
}
