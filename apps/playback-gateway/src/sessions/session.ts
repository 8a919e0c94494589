import type { AccountName, ExternalSource } from '#store';

/** What is kept of a session; the secret in the cookie is not among it. */
export interface SessionRecord {
  /** Names the session in lists; of no use for getting in. */
  readonly id: string;
  readonly userName: string;
  /** As in the name of the account; absent for local accounts. */
  readonly source?: ExternalSource;
  readonly contactCenter?: string;
  /** Changes with the credentials, so that a changed password ends the sessions opened with the old one. */
  readonly credentialVersion: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly address: string;
  readonly userAgent?: string;
  /** Opened without being asked for, and the client has not come back with the cookie yet. */
  readonly unasked?: boolean;
  /**
   * Opened by a log-in at the OpenID provider, which last asked who is there then, milliseconds since the epoch; 0 where it
   * does not say when.
   */
  readonly seenByProviderAt?: number;
}

/** A session as a request carries it. */
export interface Session extends SessionRecord {
  /** What the session is stored under: a digest that only gateways can make. */
  readonly key: string;
  /** SHA-256 of the secret. */
  readonly reference: string;
  readonly csrfToken: string;
}

/** A session as its user or an administrator sees it. */
export interface ListedSession extends SessionRecord {
  readonly key: string;
  /** Ends then unless it is used again; milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The account that a session or a ticket is of, as it was when it was made. */
export type AccountFields = Pick<SessionRecord, 'userName' | 'source' | 'contactCenter'>;

/** How sessions and tickets name an account; of a local one its name says all. */
export function accountFields({ name, source, contactCenter }: AccountName): AccountFields {
  if (source === undefined) return { userName: name };
  return { userName: name, source, ...(contactCenter === undefined ? {} : { contactCenter }) };
}

export function accountIn({ userName, source, contactCenter }: AccountFields): AccountName {
  if (source === undefined) return { name: userName };
  return { name: userName, source, ...(contactCenter === undefined ? {} : { contactCenter }) };
}
