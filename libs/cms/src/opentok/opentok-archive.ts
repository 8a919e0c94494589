import { CmsError } from '../cms-error.js';
import type { Envelope } from '../envelope/envelope.js';
import {
  checkEncryptedKey,
  fromBase64,
  isObject,
  parseServiceJson,
  type JsonObject,
  type ServiceKeyName,
} from '../envelope/service-json.js';
import { passwordBytes } from './opentok-password.js';

const field = 'opentok_archive';

/** Whether JSON from the metadata, or a file of its own, is of an archive of OpenTok (Vonage Video). */
export function isOpentokArchive(value: JsonObject): boolean {
  return value[field] !== undefined || value['password'] !== undefined;
}

/**
 * Reads an encrypted archive of OpenTok (Vonage Video): its `password`, which came with the notification that the archive
 * is there, is 51 bytes under RSAES-OAEP with SHA-1 to the certificate that was shared. The stored file is AES-256-CBC
 * ciphertext. An archive does not say whose certificate it was; `certAlias` beside the password does.
 * @param json the archive, or an object that holds it as `opentok_archive`.
 * @throws CmsError CMS_MALFORMED naming the field
 */
export function parseOpentokArchive(json: string): Envelope<ServiceKeyName> {
  const value = parseServiceJson(json);
  const archive = value[field] ?? value;
  if (!isObject(archive)) throw new CmsError('CMS_MALFORMED', `${field} is no object`);
  const encryptedKey = checkEncryptedKey(fromBase64(text(archive, 'password'), 'the password of the archive'));
  const keyName = text(archive, 'certAlias');
  const keyEncryption = { scheme: 'rsaes-oaep', hash: 'sha1', mgfHash: 'sha1', label: Buffer.alloc(0) } as const;
  return {
    kind: 'opentok-archive-password',
    version: 1,
    recipients: [{ identifier: { type: 'key-name', keyName }, keyEncryption, encryptedKey }],
    otherRecipientCount: 0,
    contentType: 'archive',
    contentEncryption: {
      mode: 'cbc',
      algorithm: 'aes-256-cbc',
      keyLength: passwordBytes,
      blockLength: 16,
      iv: Buffer.alloc(0),
      password: 'opentok',
    },
  };
}

function text(archive: JsonObject, name: 'password' | 'certAlias'): string {
  const value = archive[name];
  if (typeof value === 'string' && value !== '') return value;
  const expected = name === 'password' ? 'base64' : 'the alias of the certificate that the archive was encrypted for';
  throw new CmsError('CMS_MALFORMED', `${field} has no ${name}`, { expected });
}
