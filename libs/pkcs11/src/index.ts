export * from './ckr-names.js';
export * from './token-error.js';
export * from './pkcs11-uri.js';
export * from './token.js';
export type { TokenKey, KeySelector } from './token-keys.js';
export type { TokenDescription } from './token-connection.js';
export type { KeyPairImport } from './key-pair-import.js';
export type { KeyEncryptionScheme } from './session-key-decoding.js';
