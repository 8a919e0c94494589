import { CmsError } from '../cms-error.js';
import type { Envelope } from '../envelope/envelope.js';

/** A key pair known by the name its service gave it. */
export interface ServiceKeyName {
  readonly type: 'key-name';
  readonly keyName: string;
}

/** The field names of the REST resource and of its notifications differ. */
const fieldNames = {
  keyName: ['encryption_public_key_sid', 'public_key_sid'],
  encryptedKey: ['encryption_cek', 'encrypted_cek'],
  nonce: ['encryption_iv', 'iv'],
} as const;

const maximumJsonLength = 64 * 1024;
const maximumEncryptedKeyBytes = 2048;

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
  const encryptedKey = base64Field(details, 'encryptedKey');
  if (encryptedKey.length === 0 || encryptedKey.length > maximumEncryptedKeyBytes) {
    const expected = `1 to ${maximumEncryptedKeyBytes} bytes`;
    throw new CmsError('CMS_MALFORMED', `the encrypted key has ${encryptedKey.length} bytes`, { expected });
  }
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

type JsonObject = Readonly<Record<string, unknown>>;

function encryptionDetails(json: string): JsonObject {
  if (json.length > maximumJsonLength) {
    throw new CmsError('CMS_LIMIT_EXCEEDED', 'the metadata of the recording is too long');
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new CmsError('CMS_MALFORMED', 'the metadata of the recording is no JSON');
  }
  const nested = isObject(value) ? value['encryption_details'] : undefined;
  const details = nested ?? value;
  if (!isObject(details)) throw new CmsError('CMS_MALFORMED', 'there are no encryption_details');
  return details;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Both spellings at once must not name different things. */
function stringField(details: JsonObject, field: keyof typeof fieldNames): string {
  const [name, otherName] = fieldNames[field];
  const value = details[name] ?? details[otherName];
  const conflict = details[name] !== undefined && details[otherName] !== undefined && details[otherName] !== value;
  if (typeof value === 'string' && value !== '' && !conflict) return value;
  throw new CmsError('CMS_MALFORMED', `encryption_details has no ${name}`, { expected: 'one string' });
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function base64Field(details: JsonObject, field: keyof typeof fieldNames): Buffer {
  const text = stringField(details, field);
  if (base64.test(text)) return Buffer.from(text, 'base64');
  throw new CmsError('CMS_MALFORMED', `${fieldNames[field][0]} is no base64`);
}
