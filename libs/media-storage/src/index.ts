export {
  ContentTreeBuilder,
  contentTreeBlockBytes,
  contentTreeHashBytes,
  leafCount,
  rootOfLeaves,
  type ContentTree,
} from './content-tree/content-tree.js';
export { KnownLeaves, type PinnedContent } from './content-tree/known-leaves.js';
export { MissingPartsError } from './content-tree/missing-parts-error.js';
export {
  contentTreePartBytes,
  isSentInParts,
  partCount,
  partsOfRange,
  placeOfPart,
  rootsOfParts,
  type ContentTreeParts,
} from './content-tree/tree-parts.js';
export { checkLength, VerifiedSource } from './content-tree/verified-source.js';
export * from './media-storage-configuration.js';
export { namesWindow, splitWindow, pathOfWindow, versionOfFile, type ByteWindow } from './byte-window.js';
export * from './media-location.js';
export * from './media-storages.js';
export * from './settable-storages.js';
export type { StorageFindings } from './storage-findings.js';
export type { OpenHint, StoredEntry, StoredObject } from './stored-object.js';
export { rwsConfiguration, rwsStorage, type RwsPeer } from './rws/rws-configuration.js';
export { RwsDocuments, type RwsDocument } from './rws/rws-documents.js';
