import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { parseCertificatePem } from '#certificates';
import {
  attachedLength,
  encryptAttached,
  readAttachedEnvelope,
  unwrap,
  type ByteSource,
  type EncryptionOptions,
  type EnvelopeTolerance,
} from '#cms';
import type { HandedStorage } from '#contracts';
import { envelopeDigest, type PlaybackGrant } from '#grants';
import { RcsError } from '#platform';
import { entityTagOf } from '../http-semantics/representation.js';
import { envelopeError } from './cms-errors.js';
import type { PinnedStorage, StoredContent } from './pinned-storage.js';

/** A stored file on its way into an archive: never plaintext. */
export interface ArchivedFile {
  readonly length: number;
  readonly entityTag: string;
  /** From this byte to the end. */
  stream(from: number, signal: AbortSignal): Readable;
}

export interface ArchivedFileRequest {
  readonly grant: PlaybackGrant;
  readonly leaves: Buffer | undefined;
  readonly storage: HandedStorage | undefined;
  /** PEM of the certificate that plain media is encrypted for. */
  readonly recipient: string | undefined;
}

/** Enough to see what is around an envelope. */
const headBytes = 16 * 1024;

/**
 * Opens stored files for archives without any key: ciphertext as it lies there, attached files as the PKCS#7 that is in
 * them, and plain media encrypted for the certificate that the grant names.
 */
export class ArchivedFiles {
  constructor(
    private readonly storage: Pick<PinnedStorage, 'locate'>,
    private readonly tolerance: EnvelopeTolerance = {},
  ) {}

  /** @throws RcsError RCS_GRANT_REFUSED for a grant that allows no such thing, and whatever the storage says */
  async open({ grant, leaves, storage, recipient }: ArchivedFileRequest, signal: AbortSignal): Promise<ArchivedFile> {
    if (grant.purpose !== 'archive')
      throw new RcsError('RCS_GRANT_REFUSED', `a grant to ${grant.purpose} gives no file to an archive`);
    const options = grant.layout === 'plain' ? encryptionFor(grant, recipient) : undefined;
    const content = await this.storage.locate(grant, leaves, storage).open({ head: headBytes }, signal);
    try {
      switch (grant.layout) {
        case 'detached':
          return asItIs(content, content.source, grant);
        case 'attached':
          return asItIs(content, await this.attached(content.source, grant, signal), grant);
        case 'plain':
          return encrypted(content, options);
        case undefined:
          throw new RcsError('RCS_GRANT_REFUSED', 'the grant does not say how the media is stored');
      }
    } catch (error) {
      throw envelopeError(error);
    }
  }

  /** What is in the PEM, the mail or the SignedData that may be around it. */
  private async attached(source: ByteSource, grant: PlaybackGrant, signal: AbortSignal): Promise<ByteSource> {
    const { envelopeBytes } = await readAttachedEnvelope(source, signal, this.tolerance);
    if (envelopeDigest(envelopeBytes) !== grant.envelopeDigest)
      throw new RcsError('RCS_ENVELOPE_CHANGED', `the envelope of ${grant.recording} is not the one of the grant`);
    const head = await source.read(0, Math.min(headBytes, source.size), signal);
    return (await unwrap(source, head, signal)).source;
  }
}

function asItIs({ stored, opened }: StoredContent, source: ByteSource, grant: PlaybackGrant): ArchivedFile {
  const { entityTag, lastModified, size } = stored;
  opened();
  return {
    length: source.size,
    entityTag: entityTagOf({ entityTag, lastModified, size, envelopeDigest: grant.envelopeDigest }),
    stream: (from, signal) => source.stream(from, source.size, signal),
  };
}

/** Under a session key of its own each time: what was begun cannot go on. */
function encrypted({ stored, source, opened }: StoredContent, options: EncryptionOptions | undefined): ArchivedFile {
  if (options === undefined) throw new RcsError('RCS_GRANT_REFUSED', 'the grant gives no plain file');
  const { entityTag, lastModified, size } = stored;
  opened();
  return {
    length: attachedLength(options, size),
    entityTag: entityTagOf({ entityTag, lastModified, size, envelopeDigest: undefined }),
    stream: (from, signal) => {
      if (from > 0) throw new RcsError('RCS_STORAGE_CHANGED', 'a plain file is encrypted anew each time');
      return encryptAttached({ ...options, plaintext: source.stream(0, size, signal), plaintextLength: size });
    },
  };
}

/** @throws RcsError RCS_GRANT_REFUSED unless the certificate is the one that the grant names */
function encryptionFor(grant: PlaybackGrant, pem: string | undefined): EncryptionOptions {
  if (pem === undefined || grant.recipient === undefined)
    throw new RcsError(
      'RCS_GRANT_REFUSED',
      'a plain file goes into no archive without a certificate to encrypt it for',
    );
  const [{ der, issuerDer: issuer, serialNumberOctets: serialNumber, publicKey }] = parseCertificatePem(pem);
  if (createHash('sha256').update(der).digest('hex') !== grant.recipient)
    throw new RcsError('RCS_GRANT_REFUSED', 'the certificate is not the one that the grant names');
  return {
    recipients: [
      {
        identifier: { type: 'issuer-and-serial-number', issuer, serialNumber },
        publicKey,
        keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' },
      },
    ],
  };
}
