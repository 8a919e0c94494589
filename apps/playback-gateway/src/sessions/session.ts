/** What Redis keeps of a session; the secret in the cookie is not among it. */
export interface SessionRecord {
  /** Names the session in lists; of no use for getting in. */
  readonly id: string;
  readonly userName: string;
  /** Changes with the password, so that a changed password ends the sessions opened with the old one. */
  readonly credentialVersion: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly address: string;
  readonly userAgent?: string;
  /** Opened without being asked for, and the client has not come back with the cookie yet. */
  readonly unasked?: boolean;
}

/** A session as a request carries it. */
export interface Session extends SessionRecord {
  /** SHA-256 of the secret: what the session is stored under. */
  readonly key: string;
  readonly csrfToken: string;
}

/** A session as its user or an administrator sees it. */
export interface ListedSession extends SessionRecord {
  readonly key: string;
  /** Ends then unless it is used again; milliseconds since the epoch. */
  readonly expiresAt: number;
}
