export * from './key-vault/key-vault.messages.js';
export * from './key-vault/key-vault.definition.js';
export * from './key-vault/key-vault-endpoint.js';
export * from './key-vault/key-vault-client.js';
export * from './grant/playback-grant.js';
export * from './grant/grant-kind.js';
export * from './grant/grant-signer.js';
export * from './grant/rewrap-grant.js';
export * from './grant/administration-grant.js';
export * from './grant/grant-verifier.js';
export * from './grant/certificate-trust.js';
export * from './statement/statement-signer.js';
export * from './statement/statement-verifier.js';
export * from './audit-checkpoint/audit-checkpoint-statement.js';
export * from './grant/operator-grant.js';
export * from './grant/key-approval.js';
export * from './grant/operator-grant-verifier.js';
export * from './session-key-transport/transport-key.js';
export * from './session-key-transport/transport-agreements.js';
export * from './session-key-transport/block-decryption-client.js';
export * from './session-key-transport/session-key-candidates.js';
export * from './session-key-transport/session-key-client.js';
export * from './data-plane/media-request.js';
export * from './data-plane/inspection.js';
export * from './data-plane/content-tree-request.js';
export * from './data-plane/forget-request.js';
export * from './worker-registry/worker-registration.js';
export * from './worker-registry/worker-registry.js';
export * from './operator-journal/operator-journal.js';
export {
  formatKeyBackup,
  parseDescription,
  parseKeyBackup,
  type KeyBackupDescription,
  type KeyBackupFile,
} from './key-backup/key-backup-file.js';
export { encodeKeyBackupPayload } from './key-backup/key-backup-payload.js';
