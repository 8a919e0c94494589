export { CmsError, type CmsErrorCode } from './cms-error.js';
export type { ByteSource } from './byte-source/byte-source.js';
export { BufferSource } from './byte-source/buffer-source.js';
export { FileSource } from './byte-source/file-source.js';
export type {
  CbcAlgorithm,
  ContentAuthentication,
  ContentEncryption,
  Envelope,
  EnvelopeKind,
  GcmAlgorithm,
  KeyEncryption,
  KeyTransportRecipient,
  OaepHash,
  RecipientIdentifier,
} from './envelope/envelope.js';
export { type EnvelopeTolerance, everyTolerance } from './envelope/content-encryption.js';
export { deviationsOf } from './envelope/envelope-head.js';
export { envelopeAtHead } from './attached/envelope-at-head.js';
export { parseEnvelope } from './envelope/parse-envelope.js';
export { type DetachedEnvelope, parseDetachedEnvelope } from './envelope/parse-detached-envelope.js';
export {
  type AttachedEnvelope,
  detachedContentMap,
  readAttachedEnvelope,
  type ReadAttachedOptions,
} from './attached/attached-envelope.js';
export { type RecognisedFile, recogniseStoredFile } from './recognition/recognise-stored-file.js';
export { mediaHeadBytes, recogniseMedia } from './recognition/recognise-media.js';
export { enoughEvidenceBits, type MediaSignature } from './recognition/media-signature.js';
export { entropyOf, redundancyBits } from './recognition/redundancy.js';
export { type UnwrappedFile, unwrap, type WrapperKind } from './wrapping/unwrapping.js';
export { unwrapDetachedEnvelope } from './wrapping/detached-envelope.js';
export { decodeEnvelope } from './wrapping/envelope-text.js';
export type { ContentLayout, ContentMap } from './content/content-map.js';
export type { SegmentSearch } from './content/segmented-content.js';
export { type ServiceKeyName } from './envelope/service-json.js';
export { parseTwilioEnvelope } from './twilio/twilio-envelope.js';
export { parseOpentokArchive } from './opentok/opentok-archive.js';
export { EncryptedMedia, type OpenMediaOptions } from './decryption/encrypted-media.js';
export type { WritableCipher } from './encryption/envelope-encoder.js';
export {
  type AttachedEncryptionOptions,
  attachedLength,
  type DetachedEncryption,
  encryptAttached,
  encryptDetached,
  type EncryptionOptions,
} from './encryption/enveloped-data-writer.js';
export { type AttachedFrame, frameOfContent } from './encryption/attach-content.js';
export { changeRecipients, type RecipientChange } from './encryption/change-recipients.js';
export { encodeRecipient, type EncryptionRecipient } from './encryption/recipient.js';
export { readdressAttached, readdressDetached, type ReaddressedFile } from './encryption/readdress.js';
