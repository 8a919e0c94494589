import { join } from 'node:path';
import type { Options } from '@grpc/proto-loader';
import type { ServiceRole } from '#platform';
import type { KeyVaultCall } from './key-vault.messages.js';

export const keyVaultPackage = 'recording_crypto_server.key_vault.v1';
export const keyVaultService = 'KeyVault';
export const keyVaultProtoFile = join(__dirname, 'key-vault.proto');
/** The largest message that a vault takes, bytes. */
export const maximumMessageBytes = 4 * 1024 * 1024;
/** The largest answer that is taken of a vault, bytes: it lists its keys in one, with their certificates some 2 kB each. */
export const maximumAnswerBytes = 64 * 1024 * 1024;
export const keyVaultLoaderOptions: Options = { keepCase: false, longs: Number, enums: String, defaults: true };

/** Which client certificates may make which call; everything that is not listed is refused. */
export const keyVaultCallers: Readonly<Record<KeyVaultCall, readonly ServiceRole[]>> = {
  Status: ['playback-gateway', 'decrypt-worker', 'local-key-manager', 'rcsctl'],
  AgreeTransportKey: ['decrypt-worker', 'local-key-manager', 'rcsctl'],
  /** The command line only with the grant of an operator whom the vault's configuration names. */
  UnwrapSessionKey: ['decrypt-worker', 'rcsctl'],
  UnwrapSessionKeys: ['decrypt-worker', 'rcsctl'],
  RewrapSessionKeys: ['playback-gateway'],
  GetImportKey: ['playback-gateway', 'rcsctl'],
  ImportKey: ['playback-gateway', 'rcsctl'],
  ListKeys: ['playback-gateway', 'local-key-manager', 'rcsctl'],
  GenerateKeyPair: ['playback-gateway', 'local-key-manager', 'rcsctl'],
  CreateCertificateSigningRequest: ['playback-gateway', 'rcsctl'],
  CreateSelfSignedCertificate: ['playback-gateway', 'rcsctl'],
  AttachCertificate: ['playback-gateway', 'rcsctl'],
  /** A gateway only with a grant that a freshly authenticated administrator caused; the command line in its own name. */
  DisableKey: ['playback-gateway', 'rcsctl'],
  EnableKey: ['playback-gateway', 'rcsctl'],
  /** Only with approvals of operators whom the vault's configuration names: no identity of a service destroys a key. */
  DestroyKey: ['rcsctl'],
  WatchDisabledKeys: ['decrypt-worker'],
  DecryptBlock: ['local-key-manager'],
  CheckKey: ['rcsctl'],
  ListKeyBackups: ['rcsctl'],
  ReadKeyBackup: ['rcsctl'],
  CountersignAuditCheckpoint: ['playback-gateway'],
  SealArchive: ['playback-gateway'],
  CheckArchiveRecipient: ['playback-gateway'],
  /** Gateways give the grants, and only workers show them: one stolen identity makes no archive for anybody. */
  RewrapForArchive: ['decrypt-worker'],
};
