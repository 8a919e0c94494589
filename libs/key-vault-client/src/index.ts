export * from './key-vault-endpoint.js';
export * from './key-vault-client.js';
export type { LookUp } from './vault-addresses.js';
export * from './session-keys/transport-key.js';
export * from './session-keys/transport-agreements.js';
export * from './session-keys/block-decryption-client.js';
export * from './session-keys/session-key-candidates.js';
export * from './session-keys/session-key-client.js';
