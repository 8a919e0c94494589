// Made from key-vault.proto by scripts/protocol-types.mjs: what arrives, defaults filled in.

export interface AgreeTransportKeyReply {
  transportKeyId: string;
  /**
   * ECDH-ES JWE (RFC 7516) of the 256-bit transport key.
   */
  jwe: string;
  expiresInMs: number;
}

export interface AgreeTransportKeyRequest {
  /**
   * JWK (RFC 7517) of a fresh EC P-256 key of the worker process, as JSON.
   */
  workerPublicKey: string;
}

export interface AttachCertificateReply {
  key: KeyEntry | null;
}

export interface AttachCertificateRequest {
  key: KeyName | null;
  /**
   * Name of the certificate; the key's own when empty.
   */
  alias: string;
  /**
   * PEM; further certificates after the first are not looked at.
   */
  certificate: string;
  /**
   * As in ImportKeyRequest.
   */
  grant: string;
}

export const BlockPadding = {
  /**
   * RSAES-OAEP with SHA-1, MGF1 with SHA-1, without label.
   */
  OAEP_SHA1: 'OAEP_SHA1',
  /**
   * RSAES-PKCS1-v1_5
   */
  PKCS1_V1_5: 'PKCS1_V1_5',
} as const;

export type BlockPadding = (typeof BlockPadding)[keyof typeof BlockPadding];

export interface CallFailure {
  /**
   * RCS_..., see docs/errors.md
   */
  code: string;
  /**
   * Public text; may be empty.
   */
  detail: string;
  /**
   * When to come back; 0 when that is not known.
   */
  retryAfterMs: number;
}

export interface CertificateSubject {
  /**
   * RFC 4514, such as CN=Genesys Recording, O=Genesys, C=US
   */
  subject: string;
  dnsNames: string[];
  emailAddresses: string[];
  ipAddresses: string[];
  uris: string[];
}

export interface CheckArchiveRecipientRequest {
  contactCenter: string;
  /**
   * PEM; further certificates after the first are not looked at.
   */
  certificate: string;
}

export interface CheckKeyReply {
  /**
   * False when no token has the key under this contact center.
   */
  held: boolean;
  alias: string;
  /**
   * RSAES-PKCS1-v1_5, RSAES-OAEP
   */
  opened: string[];
  /**
   * Ways in which the token gave something else than what was encrypted.
   */
  failed: string[];
}

export interface CheckKeyRequest {
  key: KeyName | null;
  /**
   * SubjectPublicKeyInfo, DER.
   */
  publicKey: Buffer;
}

export interface CountersignAuditCheckpointReply {
  /**
   * JWS (ES256, typ rcs-audit-countersignature+jws) of the key-vault over SHA-256 of the checkpoint and the fields below.
   */
  countersignature: string;
  /**
   * Number of the record in the journal of the vault.
   */
  sequence: number;
  /**
   * ISO 8601
   */
  time: string;
}

export interface CountersignAuditCheckpointRequest {
  /**
   * The checkpoint with the gateway's signature, as it is kept; at most 64 kB.
   */
  checkpoint: string;
}

export interface CreateCertificateSigningRequestReply {
  /**
   * PEM
   */
  certificateSigningRequest: string;
}

export interface CreateCertificateSigningRequestRequest {
  key: KeyName | null;
  subject: CertificateSubject | null;
}

export interface CreateSelfSignedCertificateReply {
  key: KeyEntry | null;
}

export interface CreateSelfSignedCertificateRequest {
  key: KeyName | null;
  subject: CertificateSubject | null;
  /**
   * Name of the certificate; the key's own when empty.
   */
  alias: string;
  /**
   * 1 to 3650
   */
  validityDays: number;
  /**
   * As in ImportKeyRequest.
   */
  grant: string;
}

export interface DecryptBlockReply {
  /**
   * JWE (dir, A256GCM) of the message under the transport key.
   */
  jwe: string;
}

export interface DecryptBlockRequest {
  /**
   * As in KeyEntry; a key whose purpose is LOCAL_KEY_MANAGER.
   */
  keyIdentifier: string;
  padding: BlockPadding;
  /**
   * One RSA block, as long as the modulus.
   */
  block: Buffer;
  /**
   * Bytes that the message has, at most 64: a block that holds anything else gives pseudo-random bytes. 0: the message at
   * its own length; a block that cannot be opened gives pseudo-random bytes of a pseudo-random length.
   */
  messageLength: number;
  transportKeyId: string;
  /**
   * Whose key it is, as its label says; the key of another contact center is as if it were not there. Empty from callers
   * of before key pairs belonged to contact centers: they find those keys alone that are labelled as all were then.
   */
  contactCenter: string;
}

export interface DestroyKeyReply {
  /**
   * False when the same private key also serves another contact center: then only the certificates of this one are gone.
   */
  privateKeyDestroyed: boolean;
}

export interface DestroyKeyRequest {
  key: KeyName | null;
  alias: string;
  purpose: KeyPurpose;
  /**
   * JWS of operators; of two different ones for the last key of a contact center.
   */
  approvals: string[];
}

export interface DisableKeyReply {
  key: KeyEntry | null;
}

export interface DisableKeyRequest {
  key: KeyName | null;
  /**
   * Name of one of its certificates, or of the key: all three must belong together.
   */
  alias: string;
  purpose: KeyPurpose;
  /**
   * JWS of the playback-gateway: which administrator asks, freshly authenticated. The command line needs none.
   */
  grant: string;
  /**
   * JWS of operators, where the grant names sources of recordings that cannot be listed.
   */
  approvals: string[];
}

export interface EnableKeyReply {
  key: KeyEntry | null;
}

export interface EnableKeyRequest {
  key: KeyName | null;
  alias: string;
  purpose: KeyPurpose;
  /**
   * As in DisableKeyRequest.
   */
  grant: string;
}

export interface GenerateKeyPairReply {
  key: KeyEntry | null;
}

export interface GenerateKeyPairRequest {
  contactCenter: string;
  /**
   * Name of the key and of the certificate that it will get.
   */
  alias: string;
  /**
   * 2048, 3072 or 4096
   */
  modulusBits: number;
  /**
   * As in ImportKeyRequest.
   */
  grant: string;
}

export interface GetImportKeyReply {
  /**
   * JWK of the vault process, as JSON.
   */
  publicKey: string;
}

export interface ImportKeyReply {
  key: KeyEntry | null;
  /**
   * False when the key was in the token already.
   */
  created: boolean;
}

export interface ImportKeyRequest {
  contactCenter: string;
  alias: string;
  /**
   * PEM of the certificate that belongs to the key.
   */
  certificate: string;
  /**
   * ECDH-ES JWE of the private key as unencrypted PKCS#8 DER.
   */
  jwe: string;
  /**
   * Only the command line may import keys of the local key manager.
   */
  purpose: KeyPurpose;
  /**
   * JWS of the playback-gateway: which administrator asks for this very act, freshly authenticated.
   */
  grant: string;
}

export interface KeyBackupEntry {
  name: string;
  /**
   * The file cannot be read as what it should be; the other fields are empty.
   */
  damaged: boolean;
  contactCenter: string;
  alias: string;
  keyIdentifier: string;
  /**
   * SHA-256, lower-case hexadecimal.
   */
  certificateFingerprint: string;
  subject: string;
  /**
   * ISO 8601
   */
  expires: string;
  createdAt: string;
}

export interface KeyEntry {
  contactCenter: string;
  alias: string;
  /**
   * Subject key identifier, lower-case hexadecimal.
   */
  keyIdentifier: string;
  modulusBits: number;
  /**
   * PEM; empty when the token holds a key without a certificate.
   */
  certificate: string;
  /**
   * SubjectPublicKeyInfo, DER.
   */
  publicKey: Buffer;
  purpose: KeyPurpose;
  state: KeyState;
  /**
   * ISO 8601; empty unless the key is disabled, or when the token does not tell.
   */
  disabledAt: string;
  /**
   * Not before this time, ISO 8601, the key may be destroyed.
   */
  destroyableAt: string;
  /**
   * Who disabled it.
   */
  disabledBy: string;
  /**
   * Sources of recordings that could not be listed when it was disabled; approvals of its destruction name them.
   */
  unlistableSources: string[];
}

/**
 * Names a key so that it cannot be mistaken: both must belong together.
 */

/**
 * Names a key so that it cannot be mistaken: both must belong together.
 */
export interface KeyName {
  contactCenter: string;
  /**
   * Lower-case hexadecimal, as in KeyEntry.
   */
  keyIdentifier: string;
}

export const KeyPurpose = {
  RECORDING: 'RECORDING',
  LOCAL_KEY_MANAGER: 'LOCAL_KEY_MANAGER',
} as const;

export type KeyPurpose = (typeof KeyPurpose)[keyof typeof KeyPurpose];

export const KeyState = {
  ACTIVE: 'ACTIVE',
  DISABLED: 'DISABLED',
} as const;

export type KeyState = (typeof KeyState)[keyof typeof KeyState];

export interface ListKeyBackupsReply {
  /**
   * Whether imported keys are copied at all.
   */
  enabled: boolean;
  backups: KeyBackupEntry[];
}

export interface ListKeysReply {
  keys: KeyEntry[];
}

export interface ListKeysRequest {
  /**
   * Empty: the keys of all contact centers. The local key manager has to name one.
   */
  contactCenter: string;
}

export interface ReadKeyBackupReply {
  /**
   * The whole file.
   */
  content: string;
}

export interface ReadKeyBackupRequest {
  /**
   * As in KeyBackupEntry.
   */
  name: string;
}

export interface RewrapForArchiveReply {
  /**
   * KeyTransRecipientInfo (RFC 5652, 6.2.1, DER): RSAES-PKCS1-v1_5, by issuer and serial number.
   */
  recipientInfo: Buffer;
}

export interface RewrapForArchiveRequest {
  /**
   * JWS of the playback-gateway: which envelope of which recording, for which archive and recipient, shown by which worker.
   */
  grant: string;
  /**
   * The envelope, or the beginning of a file up to its first content octet.
   */
  envelope: Buffer;
  /**
   * PEM of the recipient's certificate, which the configuration of the vault names.
   */
  certificate: string;
  /**
   * Subject key identifier of the key that opened the content, lower-case hexadecimal.
   */
  keyIdentifier: string;
}

export interface RewrapOutcome {
  /**
   * The whole envelope as it shall be; empty when it failed, and when it is as wanted already.
   */
  envelope: Buffer;
  /**
   * Absent when it did not fail.
   */
  failure: CallFailure | null;
}

export interface RewrapSessionKeysReply {
  /**
   * One for each envelope, in their order.
   */
  outcomes: RewrapOutcome[];
}

export interface RewrapSessionKeysRequest {
  /**
   * JWS of the playback-gateway: which envelopes, from which key, to which certificate.
   */
  grant: string;
  /**
   * At most 256, in the order that the grant has their digest of.
   */
  envelopes: Buffer[];
  /**
   * PEM of the certificate that the envelopes get a recipient for; its key is in the token.
   */
  certificate: string;
}

export interface SealArchiveReply {
  /**
   * Detached SignedData (RFC 5652, DER) over the manifest; its content type is that of manifests alone.
   */
  signature: Buffer;
  /**
   * Number of the record in the journal of the vault.
   */
  sequence: number;
}

export interface SealArchiveRequest {
  /**
   * JWS of the playback-gateway: whose archive, who asked for it, SHA-256 of its manifest.
   */
  grant: string;
}

export interface StatusReply {
  instance: string;
  ready: boolean;
  /**
   * Why it is not ready; empty when it is.
   */
  reason: string;
  tokenLabel: string;
  tokenModel: string;
  mechanisms: string[];
  keyCount: number;
  sessions: number;
  sessionsInUse: number;
  queued: number;
  /**
   * Every token of this vault, in the order of its configuration; the fields above are of all of them together.
   */
  tokens: TokenStatus[];
}

export interface TokenStatus {
  /**
   * As its URI names it.
   */
  name: string;
  /**
   * open, lost, hung, pin-refused or closed
   */
  state: string;
  /**
   * Why it is not open; empty when it is.
   */
  reason: string;
  label: string;
  model: string;
  mechanisms: string[];
  keyCount: number;
  sessions: number;
  sessionsInUse: number;
  queued: number;
}

export interface UnwrapOutcome {
  /**
   * Empty when it failed.
   */
  jwe: string;
  certificateAlias: string;
  /**
   * Absent when it did not fail.
   */
  failure: CallFailure | null;
  /**
   * As in UnwrapSessionKeyReply.
   */
  keyIdentifier: string;
  candidates: UnwrappedCandidate[];
  more: boolean;
}

export interface UnwrapSessionKeyReply {
  /**
   * JWE (dir, A256GCM) of the session key under the transport key.
   */
  jwe: string;
  /**
   * Alias of the certificate whose key opened the envelope.
   */
  certificateAlias: string;
  /**
   * Of that key, as in KeyEntry.
   */
  keyIdentifier: string;
  /**
   * What further keys made of the envelope, in order: a name may fit several, and only the content tells which is right.
   */
  candidates: UnwrappedCandidate[];
  /**
   * Whether there are still others, for who names all of these in `tried`.
   */
  more: boolean;
}

export interface UnwrapSessionKeyRequest {
  /**
   * JWS of the playback-gateway: who listens to what, until when. From the command line: JWS of an operator.
   */
  grant: string;
  /**
   * The envelope whose SHA-256 the grant names.
   */
  envelope: Buffer;
  transportKeyId: string;
  /**
   * Keys, as in KeyEntry, whose session keys did not open the content: others are tried, of further recipients too.
   */
  tried: string[];
}

export interface UnwrapSessionKeysReply {
  /**
   * One for each item, in their order.
   */
  outcomes: UnwrapOutcome[];
}

export interface UnwrapSessionKeysRequest {
  /**
   * At most 256.
   */
  items: WrappedSessionKey[];
  transportKeyId: string;
}

/**
 * What one key made of an envelope: the session key, or pseudo-random bytes where it was made for another key.
 */

/**
 * What one key made of an envelope: the session key, or pseudo-random bytes where it was made for another key.
 */
export interface UnwrappedCandidate {
  /**
   * JWE (dir, A256GCM) under the transport key.
   */
  jwe: string;
  certificateAlias: string;
  /**
   * As in KeyEntry.
   */
  keyIdentifier: string;
}

export interface WatchDisabledKeysReply {
  revision: string;
  /**
   * All that are disabled now.
   */
  keys: KeyName[];
}

export interface WatchDisabledKeysRequest {
  /**
   * As the last reply gave it; empty at first.
   */
  revision: string;
}

export interface WrappedSessionKey {
  grant: string;
  envelope: Buffer;
  /**
   * Of the request that needs it; that of the call when empty.
   */
  requestId: string;
  /**
   * As in UnwrapSessionKeyRequest.
   */
  tried: string[];
}
