import type { Envelope } from '#cms';
import { openingOf } from './opening-command.js';

/** What JSON (RFC 8259) can say. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

/** What became of one media file. */
export type ArchivedMedia =
  | {
      readonly mediaId: string;
      /** Beside `recording.json`. */
      readonly file: string;
      readonly length: number;
      readonly envelope: Pick<Envelope, 'kind' | 'recipients' | 'otherRecipientCount' | 'version'>;
      /** Whether that is one for the recipient of the archive, instead of the media file's own. */
      readonly rewrapped?: boolean;
    }
  | { readonly mediaId: string; readonly leftOut: string };

/**
 * `recording.json`: the metadata as the API answers them, and with each media file how it opens.
 * @param resource the recording, with `mediaFiles` that have a `mediaId`
 */
export function recordingDocument(resource: JsonObject, media: readonly ArchivedMedia[]): Buffer {
  const files = Array.isArray(resource['mediaFiles']) ? (resource['mediaFiles'] as readonly JsonObject[]) : [];
  const mediaFiles = files.map(file => {
    const archived = media.find(({ mediaId }) => mediaId === file['mediaId']);
    if (archived === undefined) return file;
    // The certificates of the recording open nothing of what is re-wrapped.
    const isRewrapped = 'rewrapped' in archived && archived.rewrapped === true;
    const own = Object.entries(file).filter(([name]) => !isRewrapped || name !== 'certAlias');
    return { ...Object.fromEntries(own), archive: describe(archived) };
  });
  return Buffer.from(`${JSON.stringify({ ...resource, mediaFiles }, null, 2)}\n`);
}

function describe(media: ArchivedMedia): JsonObject {
  if ('leftOut' in media) return { leftOut: media.leftOut };
  const { file, length, envelope, rewrapped } = media;
  return {
    file,
    length,
    opens: openingOf(envelope, file).command,
    recipients: envelope.recipients.map(recipientName),
    ...(rewrapped === true ? { rewrapped } : {}),
  };
}

/** As `openssl x509 -serial` and `-ext subjectKeyIdentifier` name the certificate. */
function recipientName({ identifier, keyEncryption }: Envelope['recipients'][number]): JsonObject {
  const named: JsonObject =
    identifier.type === 'issuer-and-serial-number'
      ? { serialNumber: identifier.serialNumber.toString('hex').toUpperCase() }
      : { subjectKeyIdentifier: identifier.keyIdentifier.toString('hex').toUpperCase() };
  return { ...named, scheme: keyEncryption.scheme };
}
