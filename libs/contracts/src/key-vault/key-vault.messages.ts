/** The messages of key-vault.proto as TypeScript sees them. */
export interface StatusReply {
  readonly instance: string;
  readonly ready: boolean;
  readonly reason: string;
  readonly tokenLabel: string;
  readonly tokenModel: string;
  readonly mechanisms: readonly string[];
  readonly keyCount: number;
  readonly sessions: number;
  readonly sessionsInUse: number;
  readonly queued: number;
  readonly tokens: readonly TokenStatus[];
}

/** One token of a vault. */
export interface TokenStatus {
  /** As its URI names it. */
  readonly name: string;
  /** open, lost, hung, pin-refused or closed */
  readonly state: string;
  /** Why it is not open; empty when it is. */
  readonly reason: string;
  readonly label: string;
  readonly model: string;
  readonly mechanisms: readonly string[];
  readonly keyCount: number;
  readonly sessions: number;
  readonly sessionsInUse: number;
  readonly queued: number;
}

export interface AgreeTransportKeyRequest {
  readonly workerPublicKey: string;
}

export interface AgreeTransportKeyReply {
  readonly transportKeyId: string;
  readonly jwe: string;
  readonly expiresInMs: number;
}

export interface UnwrapSessionKeyRequest {
  readonly grant: string;
  readonly envelope: Buffer;
  readonly transportKeyId: string;
  /** Keys, by their identifiers, that did not open the content: others are tried. */
  readonly tried?: readonly string[];
}

/** What one key made of an envelope. */
export interface UnwrappedCandidate {
  readonly jwe: string;
  readonly certificateAlias: string;
  /** As in KeyEntry; empty from a vault of an older version. */
  readonly keyIdentifier: string;
}

export interface UnwrapSessionKeyReply extends UnwrappedCandidate {
  /** What further keys made of it; the content tells which is right. */
  readonly candidates: readonly UnwrappedCandidate[];
  /** Whether there are still others, for who names all of these in `tried`. */
  readonly more: boolean;
}

/** The most keys that are tried on an envelope with one call, however many bear the name in it. */
export const maximumUnwrapCandidates = 8;

/** The most keys that are tried on an envelope at all. */
export const maximumTriedKeys = 64;

export interface GetImportKeyReply {
  readonly publicKey: string;
}

export interface ImportKeyRequest {
  /** RECORDING when absent; only the command line may import the other. */
  readonly purpose?: KeyPurpose;
  readonly contactCenter: string;
  readonly alias: string;
  readonly certificate: string;
  readonly jwe: string;
  /** Of the administrator whom a gateway acts for; the command line needs none. */
  readonly grant?: string;
}

export interface KeyEntry {
  readonly contactCenter: string;
  readonly alias: string;
  readonly keyIdentifier: string;
  readonly modulusBits: number;
  readonly certificate: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  /** Keys of the local key manager open no recordings, and those of recordings no blocks for it. */
  readonly purpose: KeyPurpose;
  /** Absent from vaults that do not know of it yet. */
  readonly state?: KeyState;
  /** ISO 8601; empty unless the key is disabled, or when the token does not tell. */
  readonly disabledAt?: string;
  /** Not before this time, ISO 8601, the key may be destroyed. */
  readonly destroyableAt?: string;
  readonly disabledBy?: string;
  /** Sources of recordings that could not be listed when it was disabled. */
  readonly unlistableSources?: readonly string[];
}

/** A disabled key opens nothing; it can be enabled again until it is destroyed. */
export type KeyState = 'ACTIVE' | 'DISABLED';

export type KeyPurpose = 'RECORDING' | 'LOCAL_KEY_MANAGER';

export interface ImportKeyReply {
  readonly key: KeyEntry;
  readonly created: boolean;
}

export interface ListKeysRequest {
  readonly contactCenter: string;
}

export interface ListKeysReply {
  readonly keys: readonly KeyEntry[];
}

export interface WrappedItem {
  readonly grant: string;
  readonly envelope: Buffer;
  /** Of the request that needs it; that of the call when empty or absent. */
  readonly requestId?: string;
  /** As in UnwrapSessionKeyRequest. */
  readonly tried?: readonly string[];
}

export interface UnwrapSessionKeysRequest {
  readonly items: readonly WrappedItem[];
  readonly transportKeyId: string;
}

/** The most items of one batch. */
export const maximumBatchItems = 256;

/** Why one item of a batch failed, as RcsError carries it. */
export interface CallFailure {
  readonly code: string;
  readonly detail: string;
  /** 0 when it is not known. */
  readonly retryAfterMs: number;
}

export interface UnwrapOutcome extends UnwrapSessionKeyReply {
  readonly failure?: CallFailure | null;
}

export interface UnwrapSessionKeysReply {
  readonly outcomes: readonly UnwrapOutcome[];
}

export interface RewrapSessionKeysRequest {
  readonly grant: string;
  readonly envelopes: readonly Buffer[];
  /** PEM */
  readonly certificate: string;
}

export interface RewrapOutcome {
  /** Empty when it failed, and when it is as wanted already. */
  readonly envelope: Buffer;
  readonly failure?: CallFailure | null;
}

export interface RewrapSessionKeysReply {
  readonly outcomes: readonly RewrapOutcome[];
}

export interface GenerateKeyPairRequest {
  readonly contactCenter: string;
  readonly alias: string;
  /** 2048, 3072 or 4096 */
  readonly modulusBits: number;
  readonly grant?: string;
}

/** Replies that are about one key. */
export interface KeyReply {
  readonly key: KeyEntry;
}

/** Names a key so that it cannot be mistaken: both must belong together. */
export interface KeyName {
  readonly contactCenter: string;
  readonly keyIdentifier: string;
}

/** Whom a certificate is for; the subject as in RFC 4514. */
export interface SubjectMessage {
  readonly subject: string;
  readonly dnsNames?: readonly string[];
  readonly emailAddresses?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly uris?: readonly string[];
}

export interface CreateCertificateSigningRequestRequest {
  readonly key: KeyName;
  readonly subject: SubjectMessage;
}

export interface CreateCertificateSigningRequestReply {
  /** PEM, PKCS#10 */
  readonly certificateSigningRequest: string;
}

export interface CreateSelfSignedCertificateRequest {
  readonly key: KeyName;
  readonly subject: SubjectMessage;
  /** The key's own when empty. */
  readonly alias: string;
  /** 1 to 3650 */
  readonly validityDays: number;
  readonly grant?: string;
}

export interface AttachCertificateRequest {
  readonly key: KeyName;
  /** The key's own when empty. */
  readonly alias: string;
  /** PEM */
  readonly certificate: string;
  readonly grant?: string;
}

export interface EnableKeyRequest {
  readonly key: KeyName;
  readonly alias: string;
  /** RECORDING when absent. */
  readonly purpose?: KeyPurpose;
  readonly grant?: string;
}

export interface DisableKeyRequest extends EnableKeyRequest {
  /** Of operators, where the grant names sources that cannot be listed. */
  readonly approvals?: readonly string[];
}

export interface DestroyKeyRequest {
  readonly key: KeyName;
  readonly alias: string;
  /** RECORDING when absent. */
  readonly purpose?: KeyPurpose;
  readonly approvals: readonly string[];
}

export interface DestroyKeyReply {
  /** False when the same private key also serves another contact center. */
  readonly privateKeyDestroyed: boolean;
}

export interface WatchDisabledKeysRequest {
  /** As the last reply gave it; empty at first. */
  readonly revision: string;
}

export interface WatchDisabledKeysReply {
  readonly revision: string;
  /** All that are disabled now. */
  readonly keys: readonly KeyName[];
}

export interface DecryptBlockRequest {
  /** As in the key's label. */
  readonly contactCenter: string;
  readonly keyIdentifier: string;
  readonly padding: 'OAEP_SHA1' | 'PKCS1_V1_5';
  readonly block: Buffer;
  /** 32 when 0 */
  readonly messageLength: number;
  readonly transportKeyId: string;
}

export interface DecryptBlockReply {
  readonly jwe: string;
}

export interface CheckKeyRequest {
  readonly key: KeyName;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
}

export interface CheckKeyReply {
  readonly held: boolean;
  readonly alias: string;
  readonly opened: readonly string[];
  readonly failed: readonly string[];
}

export interface KeyBackupEntry {
  readonly name: string;
  /** The other fields are empty then. */
  readonly damaged: boolean;
  readonly contactCenter: string;
  readonly alias: string;
  readonly keyIdentifier: string;
  readonly certificateFingerprint: string;
  readonly subject: string;
  readonly expires: string;
  readonly createdAt: string;
}

export interface ListKeyBackupsReply {
  readonly enabled: boolean;
  readonly backups: readonly KeyBackupEntry[];
}

export interface ReadKeyBackupRequest {
  readonly name: string;
}

export interface ReadKeyBackupReply {
  readonly content: string;
}

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
}

export type KeyVaultCall = keyof KeyVaultCalls;
