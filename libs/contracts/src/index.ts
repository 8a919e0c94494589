export * from './key-vault/key-vault.messages.js';
export * from './key-vault/key-vault.definition.js';
export { isKeyLabelName, keyLabelNameRule } from './key-vault/key-label-name.js';
export * from './data-plane/media-request.js';
export * from './data-plane/inspection.js';
export * from './data-plane/content-tree-request.js';
export * from './data-plane/forget-request.js';
export {
  peaksPath,
  peaksReplySchema,
  peaksRequestSchema,
  type MadePeaks,
  type PeaksReply,
  type PeaksRequest,
} from './data-plane/peaks-request.js';
export * from './data-plane/prove-request.js';
export * from './data-plane/storage-probe.js';
export * from './data-plane/remove-request.js';
export * from './data-plane/archive-rewrap-request.js';
export { archivePath, archiveRequestSchema, type ArchiveRequest } from './data-plane/archive-request.js';
export * from './data-plane/archive-part-request.js';
export type { OwnWorker, OwnWorkerAnswer, OwnWorkerRequest } from './data-plane/own-worker.js';
export { setStorageSchema, type HandedStorage } from './data-plane/set-storage.js';
export * from './worker-registry/worker-registry.js';
export * from './vault-journal/journal-chain.js';
export * from './vault-journal/journal-entries.js';
export * from './vault-journal/journal-files.js';
export {
  formatKeyBackup,
  parseDescription,
  parseKeyBackup,
  type KeyBackupDescription,
  type KeyBackupFile,
} from './key-backup/key-backup-file.js';
export { encodeKeyBackupPayload } from './key-backup/key-backup-payload.js';
