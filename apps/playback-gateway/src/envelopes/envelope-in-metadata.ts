import type { JsonObject, MediaFile } from '#store';

/** A Twilio recording keeps wrapped session key and nonce in this field of its resource. */
const twilioField = 'encryption_details';
/** The archive of OpenTok (Vonage Video), as its notification describes it: `password` is wrapped key and vector. */
const opentokField = 'opentok_archive';

/** Fields of a media file that are its envelope. */
export const envelopeFields = ['pkcs7', twilioField, opentokField] as const;

/** The envelope that came with the metadata, in the bytes that workers and vaults read; undefined where there is none. */
export function envelopeInMetadata({ pkcs7, additional, certAlias }: MediaFile): Buffer | undefined {
  if (pkcs7 !== undefined) return Buffer.from(pkcs7, 'base64');
  // Whatever stands in one of the fields, the media is not plain.
  const details = additional?.[twilioField];
  if (details !== undefined) return json({ [twilioField]: details });
  const archive = additional?.[opentokField];
  return archive === undefined ? undefined : json({ [opentokField]: ofArchive(archive, certAlias) });
}

/** The field that the envelope of a media file stands in. */
export function envelopeFieldOf({ pkcs7, additional }: MediaFile): (typeof envelopeFields)[number] {
  if (pkcs7 !== undefined) return 'pkcs7';
  return additional?.[opentokField] !== undefined && additional[twilioField] === undefined ? opentokField : twilioField;
}

/** Further fields of a media file without those that are an envelope. */
export function withoutEnvelope(additional: JsonObject = {}): JsonObject {
  const hidden: readonly string[] = envelopeFields;
  return Object.fromEntries(Object.entries(additional).filter(([name]) => !hidden.includes(name)));
}

/** Of an archive the password alone matters; whom it is for the archive does not say, but the media file. */
function ofArchive(archive: unknown, certAlias: MediaFile['certAlias']): unknown {
  if (typeof archive !== 'object' || archive === null || Array.isArray(archive)) return archive;
  const { password, certAlias: own } = archive as { readonly password?: unknown; readonly certAlias?: unknown };
  return { password, certAlias: own ?? certAlias?.[0] };
}

const json = (envelope: object): Buffer => Buffer.from(JSON.stringify(envelope));
