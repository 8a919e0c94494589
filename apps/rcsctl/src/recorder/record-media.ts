import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { parseCertificatePem } from '#certificates';
import { encryptAttached, encryptDetached, type EncryptionRecipient, type WritableCipher } from '#cms';
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
    recipients: job.certificates.map(recipientOf),
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

/** The recipient a certificate stands for; it must be valid now (a recorder checks at every use). */
function recipientOf({ alias, pem }: RecordingJob['certificates'][number]): EncryptionRecipient {
  const [certificate] = parseCertificatePem(pem);
  const now = new Date();
  if (now < certificate.notBefore || now > certificate.notAfter) {
    const [from, until] = [certificate.notBefore.toISOString(), certificate.notAfter.toISOString()];
    throw new Error(`the certificate ${alias} is valid from ${from} until ${until}, not now: record with another one`);
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
