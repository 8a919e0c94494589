export { storedZip, type ZipMember } from './zip/stored-zip.js';
export { FolderNames, folderOfRecording, safePart, type ArchivedRecording } from './form/member-names.js';
export { openingOf, type Opening } from './form/opening-command.js';
export { recordingDocument, type ArchivedMedia } from './form/recording-document.js';
export {
  archiveProofName,
  archiveProofSchema,
  checkpointPath,
  recordingProofsFormat,
  recordingProofsName,
  recordingProofsSchema,
  type RecordingProofs,
} from './form/audit-proofs.js';
export {
  manifestFormat,
  manifestName,
  manifestSchema,
  manifestText,
  signatureName,
  timeStampName,
  type ArchiveManifest,
  type LeftOut,
  type ManifestMember,
  type TimeStampState,
} from './manifest/manifest.js';
export { signManifest, type ManifestSigner } from './manifest/sign-manifest.js';
export { SignatureRefused, verifyManifest, type VerifiedSignature } from './manifest/verify-manifest.js';
export {
  ArchiveRefused,
  checkFrame,
  readDirectory,
  type ArchiveBytes,
  type StoredMember,
} from './zip/stored-zip-reader.js';
export { TimeStampRefused } from './time-stamp/time-stamp-refused.js';
export { answerType, requestType, timeStampRequest, type TimeStampRequest } from './time-stamp/time-stamp-request.js';
export { verifyTimeStamp, type StampedBytes, type VerifiedTimeStamp } from './time-stamp/verify-time-stamp.js';
export { verifyArchive, verifyFrame, type VerifiedArchive, type VerifiedManifest } from './manifest/verify-archive.js';
export { unpackedFrame, verifyUnpacked, type UnpackedFile, type VerifiedUnpacked } from './manifest/verify-unpacked.js';
