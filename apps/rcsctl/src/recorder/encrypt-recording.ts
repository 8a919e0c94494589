import { pipeline, type Readable } from 'node:stream';
import { parseAuthoritiesPem, parseCertificatePem, validateCertificatePath } from '#certificates';
import { encryptAttached, encryptDetached, type EncryptionRecipient, type WritableCipher } from '#cms';
import { describeError } from '#platform';
import type { Plaintext } from './plaintext.js';

/** How a recording is stored: the recorder's own form, the archive's form, or unencrypted. */
export type RecordingLayout = 'detached' | 'attached' | 'plain';

export interface RecordingEncryption {
  readonly layout: RecordingLayout;
  readonly certificates: readonly { readonly alias: string; readonly pem: string }[];
  /** Authorities that must vouch for the certificates; without them self-signed ones are accepted. */
  readonly rootsPem?: Buffer | undefined;
  readonly cipher?: WritableCipher;
  /** When the certificates must be valid, where that is not now: of recordings that were made long ago. */
  readonly at?: Date | undefined;
}

/** What goes to the storage, and what stays in the metadata. */
export interface EncryptedRecording {
  readonly stored: Readable;
  /** Of the stored file, where it is known beforehand. */
  readonly length: number | undefined;
  readonly envelope: Buffer | undefined;
}

const cipherBlockBytes = 16;

/**
 * Checks the certificates at once, and encrypts under a fresh session key each time it is asked.
 * @throws Error naming the certificate that may not be used.
 */
export function recordingEncryption(how: RecordingEncryption): (plaintext: Plaintext) => EncryptedRecording {
  const { layout, certificates, rootsPem, cipher, at = new Date() } = how;
  if (layout === 'plain')
    return plaintext => ({ stored: plaintext.open(), length: plaintext.length, envelope: undefined });
  const recipients = certificates.map(certificate => recipientOf(certificate, rootsPem, at));
  const options = { recipients, ...(cipher === undefined ? {} : { cipher }) };
  if (layout === 'attached') {
    return plaintext => ({
      stored: encryptAttached({ ...options, plaintext: plaintext.open(), plaintextLength: plaintext.length }),
      length: undefined,
      envelope: undefined,
    });
  }
  return plaintext => {
    const { envelope, ciphertext } = encryptDetached(options);
    // What goes wrong shows at the end that is read.
    pipeline(plaintext.open(), ciphertext, () => undefined);
    return { stored: ciphertext, length: paddedLength(plaintext.length), envelope };
  };
}

/** In CBC mode there is always padding (RFC 5652, 6.3). */
const paddedLength = (length: number): number => length - (length % cipherBlockBytes) + cipherBlockBytes;

/** The recipient a certificate stands for; its path must be valid when the recording is made (a recorder checks at every use). */
function recipientOf(
  { alias, pem }: RecordingEncryption['certificates'][number],
  rootsPem: Buffer | undefined,
  at: Date,
): EncryptionRecipient {
  const [certificate, ...intermediates] = parseCertificatePem(pem);
  const roots = rootsPem === undefined ? [] : parseAuthoritiesPem(rootsPem);
  try {
    const allowSelfSigned = rootsPem === undefined;
    validateCertificatePath(certificate, { intermediates, roots, allowSelfSigned, at });
  } catch (error) {
    throw new Error(`the certificate ${alias} may not encrypt recordings: ${describeError(error)}`, { cause: error });
  }
  return {
    identifier: {
      type: 'issuer-and-serial-number',
      issuer: certificate.issuerDer,
      serialNumber: certificate.serialNumberOctets,
    },
    publicKey: certificate.publicKey,
    keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' },
  };
}
