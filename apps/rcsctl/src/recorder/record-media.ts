import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { parseAuthoritiesPem, parseCertificatePem, validateCertificatePath } from '#certificates';
import { encryptAttached, encryptDetached, type EncryptionRecipient, type WritableCipher } from '#cms';
import { describeError } from '#platform';
import type { GatewayClient, RecordingResource } from '../gateway-client/gateway-client.js';
import { uploadToWebDav, type WebDavAccess } from './webdav-upload.js';

/** How a recording is stored: the recorder's own form, the archive's form, or unencrypted. */
export type RecordingLayout = 'detached' | 'attached' | 'plain';

export interface RecordingJob {
  readonly id: string;
  readonly mediaId: string;
  /** Media type, such as `audio/mp3`. */
  readonly type: string;
  readonly layout: RecordingLayout;
  readonly plaintext: Buffer;
  /** `yyyy-MM-ddTHH:mm:ss.SSS+0000` */
  readonly startTime: string;
  /** Further fields of the media file. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly contactCenter: string;
  readonly certificates: readonly { readonly alias: string; readonly pem: string }[];
  /** Authorities that must vouch for the certificates; without them self-signed ones are accepted. */
  readonly rootsPem?: Buffer | undefined;
  readonly cipher?: WritableCipher;
  readonly webdav: WebDavAccess;
  readonly gateway: GatewayClient;
}

/** Does what a recorder does: encrypts, stores the media, then tells the server about it. */
export async function recordMedia(job: RecordingJob): Promise<RecordingResource> {
  const { stored, envelope } = await encrypt(job);
  const path = `${job.mediaId}${job.layout === 'plain' ? '' : '.bin'}`;
  await uploadToWebDav(job.webdav, path, stored);
  return job.gateway.insertRecording(job.contactCenter, {
    id: job.id,
    startTime: job.startTime,
    mediaFiles: [
      {
        ...job.metadata,
        mediaId: job.mediaId,
        type: job.type,
        size: String(job.plaintext.length),
        startTime: job.startTime,
        mediaDescriptor: { storage: 'webDAV', path },
        ...(envelope === undefined ? {} : { pkcs7: envelope.toString('base64') }),
        ...(job.layout === 'plain' ? {} : { certAlias: job.certificates.map(({ alias }) => alias) }),
      },
    ],
  });
}

async function encrypt(job: RecordingJob): Promise<{ stored: Buffer; envelope: Buffer | undefined }> {
  const { plaintext, layout } = job;
  if (layout === 'plain') return { stored: plaintext, envelope: undefined };
  const options = {
    recipients: job.certificates.map(certificate => recipientOf(certificate, job.rootsPem)),
    ...(job.cipher === undefined ? {} : { cipher: job.cipher }),
  };
  if (layout === 'detached') {
    const { envelope, ciphertext } = encryptDetached(options);
    return { stored: await buffer(Readable.from([plaintext]).pipe(ciphertext)), envelope };
  }
  const file = encryptAttached({
    ...options,
    plaintext: Readable.from([plaintext]),
    plaintextLength: plaintext.length,
  });
  return { stored: await buffer(file), envelope: undefined };
}

/** The recipient a certificate stands for; its path must be valid at this moment (a recorder checks at every use). */
function recipientOf(
  { alias, pem }: RecordingJob['certificates'][number],
  rootsPem: Buffer | undefined,
): EncryptionRecipient {
  const [certificate, ...intermediates] = parseCertificatePem(pem);
  const roots = rootsPem === undefined ? [] : parseAuthoritiesPem(rootsPem);
  try {
    const allowSelfSigned = rootsPem === undefined;
    validateCertificatePath(certificate, { intermediates, roots, allowSelfSigned, at: new Date() });
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
