/**
 * Sessions that ended before their time, so that whoever can write where sessions are kept brings none of them back. Every
 * method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve.
 */
export interface EndedSessionStore {
  /** Remembers the end for as long as the session could have lived, milliseconds since the epoch. Durable when it resolves. */
  add(session: string, until: number): Promise<void>;

  has(session: string): Promise<boolean>;
}
