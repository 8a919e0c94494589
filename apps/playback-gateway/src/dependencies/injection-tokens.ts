/** Names for what Nest cannot find by class: the ports of the store are interfaces, other values come from outside. */
export const storeTokens = {
  recordings: Symbol('RecordingStore'),
  users: Symbol('UserStore'),
  contactCenters: Symbol('ContactCenterStore'),
  audit: Symbol('AuditLog'),
} as const;

export const LOGGER = Symbol('Logger');
export const REDIS = Symbol('Redis');
export const IDENTITY = Symbol('InternalIdentity');

export const LOCAL_KEY_MANAGER_STORE = Symbol('LocalKeyManagerStore');
