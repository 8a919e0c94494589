import type { HawkCredential, HawkInvitation } from './hawk-credential.js';
import type { LocalKeyPair } from './local-key-pair.js';
import type { LoggedRequest, RequestLogQuery } from './logged-request.js';

export type RegistrationResult = 'created' | 'exists' | 'invitation-invalid';

/** A new credential, and the invitation it uses up when nothing else allows it. */
export interface HawkRegistration {
  readonly credential: HawkCredential;
  /** SHA-256 of the token, hex. */
  readonly invitation?: string;
}

/** What changes in a credential; whoever reads it next sees it. */
export interface HawkRotation {
  readonly id: string;
  readonly encryptedKey: string;
  readonly at: string;
  /** Until then the key of before is good, too; absent ends it at once. */
  readonly previousValidUntil?: string;
}

export interface HawkRevocation {
  readonly id: string;
  readonly at: string;
  readonly by: string;
}

/** Keeps what the local key manager knows. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve. */
export interface LocalKeyManagerStore {
  /** All credentials, the revoked ones too, sorted by id. */
  credentials(): Promise<readonly HawkCredential[]>;

  credential(id: string): Promise<HawkCredential | undefined>;

  /** An id is never used twice, not even after its revocation; an invitation is used up only by success. */
  register(registration: HawkRegistration): Promise<RegistrationResult>;

  /** Resolves to undefined when there is no such credential or it is revoked. */
  rotate(rotation: HawkRotation): Promise<HawkCredential | undefined>;

  /** Resolves to undefined when there is no such credential or it is revoked. */
  revoke(revocation: HawkRevocation): Promise<HawkCredential | undefined>;

  /** Expired invitations go at this occasion. */
  invite(invitation: HawkInvitation): Promise<void>;

  /** All key pairs, the oldest first. */
  keyPairs(): Promise<readonly LocalKeyPair[]>;

  keyPair(id: string): Promise<LocalKeyPair | undefined>;

  /** Keeps a key pair unless its id is known; resolves to the one that is kept. */
  addKeyPair(keyPair: LocalKeyPair): Promise<LocalKeyPair>;

  /** Keeps the newest `limit` lines. */
  logRequest(request: LoggedRequest, limit: number): Promise<void>;

  /** The newest first. */
  loggedRequests(query: RequestLogQuery): Promise<readonly LoggedRequest[]>;

  clearRequestLog(): Promise<void>;
}
