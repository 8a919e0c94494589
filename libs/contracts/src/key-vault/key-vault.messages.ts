import type * as wire from './key-vault.generated.js';

export type { KeyPurpose, KeyState } from './key-vault.generated.js';

type Value<Field> = Field extends Buffer
  ? Buffer
  : Field extends readonly (infer Item)[]
    ? readonly Value<Item>[]
    : Field extends object
      ? Message<Field>
      : Field;

/**
 * A message of key-vault.proto as both sides write it: `Omissible` fields are for the sender to leave out, or are unknown
 * to a peer of an older version; those that are messages themselves are there otherwise.
 */
type Message<Wire, Omissible extends keyof Wire = never> = {
  readonly [Name in Exclude<keyof Wire, Omissible>]: Value<NonNullable<Wire[Name]>>;
} & { readonly [Name in Omissible]?: Value<Wire[Name]> };

/** A message of which some fields are messages that have a name here. */
type With<Wire, Fields extends Partial<Record<keyof Wire, unknown>>, Omissible extends keyof Wire = never> = Omit<
  Message<Wire, Omissible>,
  keyof Fields
> &
  Readonly<Fields>;

export type TokenStatus = Message<wire.TokenStatus>;
export type StatusReply = Message<wire.StatusReply>;
export type AgreeTransportKeyRequest = Message<wire.AgreeTransportKeyRequest>;
export type AgreeTransportKeyReply = Message<wire.AgreeTransportKeyReply>;
export type UnwrapSessionKeyRequest = Message<wire.UnwrapSessionKeyRequest, 'tried'>;
export type UnwrappedCandidate = Message<wire.UnwrappedCandidate>;
export type UnwrapSessionKeyReply = Message<wire.UnwrapSessionKeyReply>;
export type WrappedItem = Message<wire.WrappedSessionKey, 'requestId' | 'tried'>;
export type UnwrapSessionKeysRequest = With<wire.UnwrapSessionKeysRequest, { items: readonly WrappedItem[] }>;
export type CallFailure = Message<wire.CallFailure>;
export type UnwrapOutcome = Message<wire.UnwrapOutcome, 'failure'>;
export type UnwrapSessionKeysReply = With<wire.UnwrapSessionKeysReply, { outcomes: readonly UnwrapOutcome[] }>;
export type RewrapSessionKeysRequest = Message<wire.RewrapSessionKeysRequest>;
export type RewrapOutcome = Message<wire.RewrapOutcome, 'failure'>;
export type RewrapSessionKeysReply = With<wire.RewrapSessionKeysReply, { outcomes: readonly RewrapOutcome[] }>;

export type KeyName = Message<wire.KeyName>;
export type KeyEntry = Message<
  wire.KeyEntry,
  'state' | 'disabledAt' | 'destroyableAt' | 'disabledBy' | 'unlistableSources'
>;
/** Replies that are about one key. */
export type KeyReply = With<wire.GenerateKeyPairReply, { key: KeyEntry }>;
export type GetImportKeyReply = Message<wire.GetImportKeyReply>;
export type ImportKeyRequest = Message<wire.ImportKeyRequest, 'purpose' | 'grant'>;
export type ImportKeyReply = With<wire.ImportKeyReply, { key: KeyEntry }>;
export type ListKeysRequest = Message<wire.ListKeysRequest>;
export type ListKeysReply = With<wire.ListKeysReply, { keys: readonly KeyEntry[] }>;
export type GenerateKeyPairRequest = Message<wire.GenerateKeyPairRequest, 'grant'>;
export type SubjectMessage = Message<wire.CertificateSubject, 'dnsNames' | 'emailAddresses' | 'ipAddresses' | 'uris'>;
export type CreateCertificateSigningRequestRequest = With<
  wire.CreateCertificateSigningRequestRequest,
  { subject: SubjectMessage }
>;
export type CreateCertificateSigningRequestReply = Message<wire.CreateCertificateSigningRequestReply>;
export type CreateSelfSignedCertificateRequest = With<
  wire.CreateSelfSignedCertificateRequest,
  { subject: SubjectMessage },
  'grant'
>;
export type AttachCertificateRequest = Message<wire.AttachCertificateRequest, 'grant'>;
export type EnableKeyRequest = Message<wire.EnableKeyRequest, 'purpose' | 'grant'>;
export type DisableKeyRequest = Message<wire.DisableKeyRequest, 'purpose' | 'grant' | 'approvals'>;
export type DestroyKeyRequest = Message<wire.DestroyKeyRequest, 'purpose'>;
export type DestroyKeyReply = Message<wire.DestroyKeyReply>;
export type WatchDisabledKeysRequest = Message<wire.WatchDisabledKeysRequest>;
export type WatchDisabledKeysReply = Message<wire.WatchDisabledKeysReply>;
export type DecryptBlockRequest = Message<wire.DecryptBlockRequest>;
export type DecryptBlockReply = Message<wire.DecryptBlockReply>;
export type CheckKeyRequest = Message<wire.CheckKeyRequest>;
export type CheckKeyReply = Message<wire.CheckKeyReply>;
export type KeyBackupEntry = Message<wire.KeyBackupEntry>;
export type ListKeyBackupsReply = Message<wire.ListKeyBackupsReply>;
export type ReadKeyBackupRequest = Message<wire.ReadKeyBackupRequest>;
export type CountersignAuditCheckpointRequest = Message<wire.CountersignAuditCheckpointRequest>;
export type CountersignAuditCheckpointReply = Message<wire.CountersignAuditCheckpointReply>;
export type SealArchiveRequest = Message<wire.SealArchiveRequest>;
export type SealArchiveReply = Message<wire.SealArchiveReply>;
export type CheckArchiveRecipientRequest = Message<wire.CheckArchiveRecipientRequest>;
export type RewrapForArchiveRequest = Message<wire.RewrapForArchiveRequest>;
export type RewrapForArchiveReply = Message<wire.RewrapForArchiveReply>;
export type ReadKeyBackupReply = Message<wire.ReadKeyBackupReply>;

/** The most keys that are tried on an envelope with one call, however many bear the name in it. */
export const maximumUnwrapCandidates = 8;

/** The most keys that are tried on an envelope at all. */
export const maximumTriedKeys = 64;

/** The most items of one batch. */
export const maximumBatchItems = 256;

/**
 * The longest checkpoint of an audit that a vault countersigns, bytes: an opening one names all writers in some 200 bytes each.
 * The end of a journal is found in its last mebibyte, which has room for two of these: one whole, and one that was torn.
 */
export const maximumCheckpointBytes = 384 * 1024;

/** Request and reply of every call of the service. */
export interface KeyVaultCalls {
  Status: { request: Record<string, never>; reply: StatusReply };
  AgreeTransportKey: { request: AgreeTransportKeyRequest; reply: AgreeTransportKeyReply };
  UnwrapSessionKey: { request: UnwrapSessionKeyRequest; reply: UnwrapSessionKeyReply };
  GetImportKey: { request: Record<string, never>; reply: GetImportKeyReply };
  ImportKey: { request: ImportKeyRequest; reply: ImportKeyReply };
  ListKeys: { request: ListKeysRequest; reply: ListKeysReply };
  UnwrapSessionKeys: { request: UnwrapSessionKeysRequest; reply: UnwrapSessionKeysReply };
  RewrapSessionKeys: { request: RewrapSessionKeysRequest; reply: RewrapSessionKeysReply };
  GenerateKeyPair: { request: GenerateKeyPairRequest; reply: KeyReply };
  CreateCertificateSigningRequest: {
    request: CreateCertificateSigningRequestRequest;
    reply: CreateCertificateSigningRequestReply;
  };
  CreateSelfSignedCertificate: { request: CreateSelfSignedCertificateRequest; reply: KeyReply };
  AttachCertificate: { request: AttachCertificateRequest; reply: KeyReply };
  DisableKey: { request: DisableKeyRequest; reply: KeyReply };
  EnableKey: { request: EnableKeyRequest; reply: KeyReply };
  DestroyKey: { request: DestroyKeyRequest; reply: DestroyKeyReply };
  WatchDisabledKeys: { request: WatchDisabledKeysRequest; reply: WatchDisabledKeysReply };
  DecryptBlock: { request: DecryptBlockRequest; reply: DecryptBlockReply };
  CheckKey: { request: CheckKeyRequest; reply: CheckKeyReply };
  ListKeyBackups: { request: Record<string, never>; reply: ListKeyBackupsReply };
  ReadKeyBackup: { request: ReadKeyBackupRequest; reply: ReadKeyBackupReply };
  CountersignAuditCheckpoint: { request: CountersignAuditCheckpointRequest; reply: CountersignAuditCheckpointReply };
  SealArchive: { request: SealArchiveRequest; reply: SealArchiveReply };
  CheckArchiveRecipient: { request: CheckArchiveRecipientRequest; reply: object };
  RewrapForArchive: { request: RewrapForArchiveRequest; reply: RewrapForArchiveReply };
}

export type KeyVaultCall = keyof KeyVaultCalls;
