import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto';
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

export const newSecret = (): ContentSecret => ({ sessionKey: randomBytes(32), iv: randomBytes(16) });

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

function envelopeParts(recipients: readonly Recipient[], { sessionKey, iv }: ContentSecret) {
  return {
    version: small(recipients.every(({ by }) => by === 'issuer-and-serial') ? 0 : 2),
    infos: set(...recipients.map(recipient => keyTransport(recipient, sessionKey)).sort(Buffer.compare)),
    algorithm: sequence(oid(aes256Cbc), octets(iv)),
  };
}

/** RFC 5652 section 6.2.1 with RSAES-PKCS1-v1_5. */
function keyTransport({ certificate, by, wrapped }: Recipient, sessionKey: Buffer): Buffer {
  const { issuer, serialNumber, keyIdentifier, pair } = certificate;
  const options = { key: pair.publicKey, padding: constants.RSA_PKCS1_PADDING };
  const encryptedKey = publicEncrypt(options, wrapped ?? sessionKey);
  const [version, name] =
    by === 'issuer-and-serial'
      ? [small(0), sequence(issuer, integer(serialNumber))]
      : [small(2), der(0x80, keyIdentifier)];
  return sequence(version, name, rsaEncryption, octets(encryptedKey));
}
