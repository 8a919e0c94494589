import type { JsonObject, MediaFile } from '#store';

/** A Twilio recording keeps wrapped session key and nonce in this field of its resource. */
const twilioField = 'encryption_details';

/** The envelope that came with the metadata, in the bytes that workers and vaults read; undefined where there is none. */
export function envelopeInMetadata({ pkcs7, additional }: MediaFile): Buffer | undefined {
  if (pkcs7 !== undefined) return Buffer.from(pkcs7, 'base64');
  const details = additional?.[twilioField];
  // Whatever stands in the field, the media is not plain.
  return details === undefined ? undefined : Buffer.from(JSON.stringify({ [twilioField]: details }));
}

/** Further fields of a media file without the one that is an envelope. */
export function withoutEnvelope(additional: JsonObject = {}): JsonObject {
  return Object.fromEntries(Object.entries(additional).filter(([name]) => name !== twilioField));
}
