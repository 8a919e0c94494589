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

/** The field names of the REST resource and of its notifications differ. */
const fieldNames = {
  keyName: ['encryption_public_key_sid', 'public_key_sid'],
  encryptedKey: ['encryption_cek', 'encrypted_cek'],
  nonce: ['encryption_iv', 'iv'],
} as const;

/**
 * Reads the `encryption_details` of a Twilio recording: a session key under RSAES-OAEP with SHA-256, and a nonce. The
 * stored file is AES-256-GCM ciphertext with the authentication tag at its end.
 * @param json the object itself, or a recording resource that holds it.
 * @throws CmsError CMS_MALFORMED naming the field, or CMS_UNSUPPORTED for another type of encryption.
 */
export function parseTwilioEnvelope(json: string): Envelope<ServiceKeyName> {
  const details = encryptionDetails(json);
  const type = details['type'] ?? 'rsa-aes';
  if (type !== 'rsa-aes') {
    throw new CmsError('CMS_UNSUPPORTED', 'the type of encryption_details', { expected: 'rsa-aes' });
  }
  const keyName = stringField(details, 'keyName');
  const encryptedKey = checkEncryptedKey(base64Field(details, 'encryptedKey'));
  const iv = base64Field(details, 'nonce');
  if (iv.length !== 12) {
    throw new CmsError('CMS_MALFORMED', `the nonce has ${iv.length} bytes`, { expected: '12 bytes' });
  }
  const keyEncryption = { scheme: 'rsaes-oaep', hash: 'sha256', mgfHash: 'sha256', label: Buffer.alloc(0) } as const;
  return {
    kind: 'twilio-encryption-details',
    version: 0,
    recipients: [{ identifier: { type: 'key-name', keyName }, keyEncryption, encryptedKey }],
    otherRecipientCount: 0,
    contentType: 'recording',
    contentEncryption: { mode: 'gcm', algorithm: 'aes-256-gcm', keyLength: 32, blockLength: 16, iv, tagLength: 16 },
  };
}

function encryptionDetails(json: string): JsonObject {
  const value = parseServiceJson(json);
  const details = value['encryption_details'] ?? value;
  if (!isObject(details)) throw new CmsError('CMS_MALFORMED', 'there are no encryption_details');
  return details;
}

/** Both spellings at once must not name different things. */
function stringField(details: JsonObject, field: keyof typeof fieldNames): string {
  const [name, otherName] = fieldNames[field];
  const value = details[name] ?? details[otherName];
  const conflict = details[name] !== undefined && details[otherName] !== undefined && details[otherName] !== value;
  if (typeof value === 'string' && value !== '' && !conflict) return value;
  throw new CmsError('CMS_MALFORMED', `encryption_details has no ${name}`, { expected: 'one string' });
}

function base64Field(details: JsonObject, field: keyof typeof fieldNames): Buffer {
  return fromBase64(stringField(details, field), fieldNames[field][0]);
}
