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
}

export interface UnwrapSessionKeyReply {
  readonly jwe: string;
  readonly certificateAlias: string;
}

export interface GetImportKeyReply {
  readonly publicKey: string;
}

export interface ImportKeyRequest {
  readonly contactCenter: string;
  readonly alias: string;
  readonly certificate: string;
  readonly jwe: string;
}

export interface KeyEntry {
  readonly contactCenter: string;
  readonly alias: string;
  readonly keyIdentifier: string;
  readonly modulusBits: number;
  readonly certificate: string;
}

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

/** Request and reply of every call of the service. */
export interface KeyVaultCalls {
  Status: { request: Record<string, never>; reply: StatusReply };
  AgreeTransportKey: { request: AgreeTransportKeyRequest; reply: AgreeTransportKeyReply };
  UnwrapSessionKey: { request: UnwrapSessionKeyRequest; reply: UnwrapSessionKeyReply };
  GetImportKey: { request: Record<string, never>; reply: GetImportKeyReply };
  ImportKey: { request: ImportKeyRequest; reply: ImportKeyReply };
  ListKeys: { request: ListKeysRequest; reply: ListKeysReply };
}

export type KeyVaultCall = keyof KeyVaultCalls;
