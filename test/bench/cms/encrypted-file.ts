import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { EncryptedMedia, FileSource, readAttachedEnvelope } from '#cms';
import { decryptSessionKey } from '../../../libs/cms/src/testing/openssl.js';

const never = new AbortController().signal;

export interface OpenedFile {
  readonly media: EncryptedMedia;
  close(): Promise<void>;
}

/** Opens a file for its first recipient, with the private key in a file. */
export async function openEncryptedFile(path: string, keyFile: string): Promise<OpenedFile> {
  const source = await FileSource.open(path);
  const { envelope, contentMap } = await readAttachedEnvelope(source, never);
  const [recipient] = envelope.recipients;
  if (recipient === undefined) throw new Error(`${path} has no recipient`);
  const sessionKey = decryptSessionKey(recipient, createPrivateKey(readFileSync(keyFile)));
  const media = await EncryptedMedia.open({ source, envelope, contentMap, sessionKey, signal: never });
  return { media, close: () => source.close() };
}
