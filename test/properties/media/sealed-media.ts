import { constants, createCipheriv, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import type { Random } from '../world/random.js';
import { der, indefinite, integer, nothing, octets, oid, sequence, set, small } from './der.js';
import type { MadeCertificate } from './made-certificate.js';

/** The four ways in which a recording lies in a storage. */
export const layouts = ['detached', 'attached', 'attached-stream', 'plain'] as const;
export type Layout = (typeof layouts)[number];

/** How an envelope names whom it is for. */
export const recipientForms = ['issuer-and-serial', 'key-identifier', 'several'] as const;
export type RecipientForm = (typeof recipientForms)[number];

export interface Recipient {
  readonly certificate: Pick<MadeCertificate, 'pair' | 'issuer' | 'serialNumber' | 'keyIdentifier'>;
  readonly by: 'issuer-and-serial' | 'key-identifier';
  /** What is encrypted to the recipient instead of the session key. */
  readonly wrapped?: Buffer;
}

/** Under which a content is encrypted (AES-256-CBC). */
export interface ContentSecret {
  readonly sessionKey: Buffer;
  readonly iv: Buffer;
  /** Where the padding of the encrypted session keys is drawn from; from nowhere that can be known when absent. */
  readonly padding?: Random;
}

export interface SealedMedia {
  /** What lies in the storage. */
  readonly stored: Buffer;
  /** Of detached media: what stands in the metadata as `pkcs7`. */
  readonly envelope: Buffer | undefined;
}

const envelopedData = oid('1.2.840.113549.1.7.3');
const data = oid('1.2.840.113549.1.7.1');
const rsaEncryption = sequence(oid('1.2.840.113549.1.1.1'), nothing);
const aes256Cbc = '2.16.840.1.101.3.4.1.42';
/** As `openssl cms -encrypt -stream` writes it. */
export const streamChunkBytes = 4096;

/** @param random the same in every run of the same seed */
export const newSecret = (random?: Random): ContentSecret =>
  random === undefined
    ? { sessionKey: randomBytes(32), iv: randomBytes(16) }
    : { sessionKey: random.bytes(32), iv: random.bytes(16), padding: random.fork() };

export function encryptContent(plaintext: Buffer, { sessionKey, iv }: ContentSecret): Buffer {
  const cipher = createCipheriv('aes-256-cbc', sessionKey, iv);
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

/** Encrypts as a recorder, an archive or openssl does, without any code of the server. */
export function seal(
  plaintext: Buffer,
  layout: Layout,
  recipients: readonly Recipient[],
  secret: ContentSecret = newSecret(),
): SealedMedia {
  if (layout === 'plain') return { stored: plaintext, envelope: undefined };
  const ciphertext = encryptContent(plaintext, secret);
  if (layout === 'detached') return { stored: ciphertext, envelope: detachedEnvelope(recipients, secret) };
  const { version, infos, algorithm } = envelopeParts(recipients, secret);
  if (layout === 'attached') {
    const content = sequence(data, algorithm, der(0x80, ciphertext));
    const stored = sequence(envelopedData, der(0xa0, sequence(version, infos, content)));
    return { stored, envelope: undefined };
  }
  const chunks: Buffer[] = [];
  for (let start = 0; start < ciphertext.length; start += streamChunkBytes) {
    chunks.push(octets(ciphertext.subarray(start, start + streamChunkBytes)));
  }
  const content = indefinite(0x30, data, algorithm, indefinite(0xa0, ...chunks));
  const stored = indefinite(0x30, envelopedData, indefinite(0xa0, indefinite(0x30, version, infos, content)));
  return { stored, envelope: undefined };
}

/** An envelope that says who opens the content, and does not have it. */
export function detachedEnvelope(recipients: readonly Recipient[], secret: ContentSecret): Buffer {
  const { version, infos, algorithm } = envelopeParts(recipients, secret);
  return sequence(envelopedData, der(0xa0, sequence(version, infos, sequence(data, algorithm))));
}

function envelopeParts(recipients: readonly Recipient[], secret: ContentSecret) {
  return {
    version: small(recipients.every(({ by }) => by === 'issuer-and-serial') ? 0 : 2),
    infos: set(...recipients.map(recipient => keyTransport(recipient, secret)).sort(Buffer.compare)),
    algorithm: sequence(oid(aes256Cbc), octets(secret.iv)),
  };
}

/** RFC 5652 section 6.2.1 with RSAES-PKCS1-v1_5. */
function keyTransport({ certificate, by, wrapped }: Recipient, { sessionKey, padding }: ContentSecret): Buffer {
  const { issuer, serialNumber, keyIdentifier, pair } = certificate;
  const encryptedKey = encryptKey(pair.publicKey, wrapped ?? sessionKey, padding);
  const [version, name] =
    by === 'issuer-and-serial'
      ? [small(0), sequence(issuer, integer(serialNumber))]
      : [small(2), der(0x80, keyIdentifier)];
  return sequence(version, name, rsaEncryption, octets(encryptedKey));
}

function encryptKey(key: KeyObject, message: Buffer, random?: Random): Buffer {
  if (random === undefined) return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, message);
  // RFC 8017 section 7.2.1; a padding has no byte that is 0.
  const length = 256 - 3 - message.length;
  const filler = Buffer.from(random.bytes(length).map(byte => byte || 1));
  const block = Buffer.concat([Buffer.from([0, 2]), filler, Buffer.from([0]), message]);
  return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
}
