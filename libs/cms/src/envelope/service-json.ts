import { CmsError } from '../cms-error.js';

/** A key pair known by the name that its service, or the metadata of the recording, gives it. */
export interface ServiceKeyName {
  readonly type: 'key-name';
  readonly keyName: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

const maximumJsonLength = 64 * 1024;
const maximumEncryptedKeyBytes = 2048;

/**
 * What a service keeps of a recording of its own form: JSON, as the metadata has it.
 * @throws CmsError CMS_LIMIT_EXCEEDED or CMS_MALFORMED
 */
export function parseServiceJson(json: string): JsonObject {
  if (json.length > maximumJsonLength) {
    throw new CmsError('CMS_LIMIT_EXCEEDED', 'the metadata of the recording is too long');
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new CmsError('CMS_MALFORMED', 'the metadata of the recording is no JSON');
  }
  if (isObject(value)) return value;
  throw new CmsError('CMS_MALFORMED', 'the metadata of the recording is no object');
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** @throws CmsError CMS_MALFORMED naming the field */
export function fromBase64(text: string, name: string): Buffer {
  if (base64.test(text)) return Buffer.from(text, 'base64');
  throw new CmsError('CMS_MALFORMED', `${name} is no base64`);
}

/** What an RSA key has encrypted. @throws CmsError CMS_MALFORMED */
export function checkEncryptedKey(encryptedKey: Buffer): Buffer {
  if (encryptedKey.length > 0 && encryptedKey.length <= maximumEncryptedKeyBytes) return encryptedKey;
  const expected = `1 to ${maximumEncryptedKeyBytes} bytes`;
  throw new CmsError('CMS_MALFORMED', `the encrypted key has ${encryptedKey.length} bytes`, { expected });
}
