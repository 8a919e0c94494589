/** Names for what Nest cannot find by class: the ports of the store are interfaces, other values come from outside. */
export const storeTokens = {
  recordings: Symbol('RecordingStore'),
  recordingSearch: Symbol('RecordingSearchStore'),
  users: Symbol('UserStore'),
  contactCenters: Symbol('ContactCenterStore'),
  certificates: Symbol('CertificateStore'),
  rewraps: Symbol('RewrapStore'),
  mediaIndex: Symbol('MediaIndexStore'),
  localKeyManager: Symbol('LocalKeyManagerStore'),
  sharedSecrets: Symbol('SharedSecretStore'),
  labels: Symbol('LabelStore'),
  deletionProtection: Symbol('DeletionProtectionStore'),
  legalHolds: Symbol('LegalHoldStore'),
  removals: Symbol('RemovalStore'),
  mediaEncryptions: Symbol('MediaEncryptionStore'),
  handOvers: Symbol('HandOverStore'),
  retention: Symbol('RetentionStore'),
  peaks: Symbol('PeaksStore'),
  custody: Symbol('CustodyStore'),
  archiveJobs: Symbol('ArchiveJobStore'),
  keptArchives: Symbol('KeptArchiveStore'),
  settings: Symbol('SettingStore'),
  seenMarks: Symbol('SeenMarkStore'),
  endedSessions: Symbol('EndedSessionStore'),
  audit: Symbol('AuditLog'),
} as const;

export const AUDIT_VOUCHING = Symbol('AuditVouching');
export const SERVICE_CONTEXT = Symbol('ServiceContext');
export const CONFIGURATION = Symbol('GatewayConfiguration');
export const SERVER_SETTINGS = Symbol('ServerSettings');
export const KEY_MANAGER_SETTINGS = Symbol('LocalKeyManagerConfiguration');
export const METRICS_REGISTRY = Symbol('Registry');
export const LOGGER = Symbol('Logger');
export const OWN_WORKER = Symbol('OwnWorker');
export const REDIS = Symbol('Redis');
