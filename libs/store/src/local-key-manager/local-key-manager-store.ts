import type { HawkCredential, HawkInvitation } from './hawk-credential.js';
import type { KeyManagerOwner, KeyManagerScope } from './key-manager-owner.js';
import type { LocalKeyPair } from './local-key-pair.js';
import type { LoggedRequest, RequestLogQuery } from './logged-request.js';

/** The credential as it is kept now, or why it is not. */
export type RegistrationResult = HawkCredential | 'exists' | 'invitation-invalid';

/** A new credential, and the invitation it uses up when nothing else allows it. */
export interface HawkRegistration {
  readonly credential: HawkCredential;
  /** SHA-256 of the token, hex. The credential then belongs to the contact center that the invitation names. */
  readonly invitation?: string;
}

/** What changes in a credential; whoever reads it next sees it. */
export interface HawkRotation {
  readonly id: string;
  readonly owner: KeyManagerOwner;
  readonly encryptedKey: string;
  readonly at: string;
  /** Until then the key of before is good, too; absent ends it at once. */
  readonly previousValidUntil?: string;
}

export interface HawkRevocation {
  readonly id: string;
  readonly owner: KeyManagerOwner;
  readonly at: string;
  readonly by: string;
}

/** Gives a contact center what belongs to none. */
export interface KeyManagerAssignment {
  readonly contactCenter: string;
  /** Ids of credentials and of key pairs; everything that belongs to no contact center, the request log too, when absent. */
  readonly only?: { readonly credentials: readonly string[]; readonly keyPairs: readonly string[] };
}

/** Ids of what an assignment concerned. */
export interface AssignedThings {
  readonly credentials: readonly string[];
  readonly keyPairs: readonly string[];
}

/** `refused`: asked for but not there without an owner, or the contact center has a credential of the id already. */
export interface AssignmentOutcome extends AssignedThings {
  readonly refused: AssignedThings;
}

/**
 * Keeps what the local key manager knows. Everything belongs to a contact center, and every question and change names
 * whose things it is about: what another one has is as if it were not there. Every method rejects with
 * RCS_STORE_UNAVAILABLE while the database cannot serve.
 */
export interface LocalKeyManagerStore {
  /** Credentials, the revoked ones too, sorted by id. */
  credentials(scope: KeyManagerScope): Promise<readonly HawkCredential[]>;

  /** The credentials of all contact centers that have one of this id: which of them signed is told by their keys. */
  credentialsOfId(id: string): Promise<readonly HawkCredential[]>;

  /** An id is never used twice in a contact center, not even after its revocation; an invitation is used up only by success. */
  register(registration: HawkRegistration): Promise<RegistrationResult>;

  /** Resolves to undefined when the owner has no such credential or it is revoked. */
  rotate(rotation: HawkRotation): Promise<HawkCredential | undefined>;

  /** Resolves to undefined when the owner has no such credential or it is revoked. */
  revoke(revocation: HawkRevocation): Promise<HawkCredential | undefined>;

  /** Expired invitations go at this occasion. */
  invite(invitation: HawkInvitation): Promise<void>;

  /** Key pairs, the oldest first. */
  keyPairs(scope: KeyManagerScope): Promise<readonly LocalKeyPair[]>;

  keyPair(id: string, owner: KeyManagerOwner): Promise<LocalKeyPair | undefined>;

  /** Keeps a key pair unless its owner has one of the id; resolves to the one that is kept. */
  addKeyPair(keyPair: LocalKeyPair): Promise<LocalKeyPair>;

  /** Keeps the newest `limit` lines of the owner: nobody's calls push lines of others out. */
  logRequest(request: LoggedRequest, owner: KeyManagerOwner, limit: number): Promise<void>;

  /** The newest first. */
  loggedRequests(query: RequestLogQuery, owner: KeyManagerOwner): Promise<readonly LoggedRequest[]>;

  clearRequestLog(owner: KeyManagerOwner): Promise<void>;

  /** Gives the contact center things that belong to none; what belongs to another stays there. */
  assign(assignment: KeyManagerAssignment): Promise<AssignmentOutcome>;

  /**
   * Where there is one contact center, everything that belongs to none is its own.
   * @returns undefined where there is none or are several.
   */
  assignToOnlyContactCenter(): Promise<(AssignedThings & { readonly contactCenter: string }) | undefined>;
}
