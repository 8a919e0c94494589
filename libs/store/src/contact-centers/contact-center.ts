/** A tenant of this server: recordings and users of one contact center are invisible to all others. */
export interface ContactCenter {
  readonly id: string;
  readonly name: string;
  /** Part of the login names of its users after the `@`. */
  readonly domain?: string;
  /** Origins of pages that its users may use this server from, such as `https://*.example.com`. */
  readonly allowedOrigins?: readonly string[];
  /** The configuration has made its first administrator, and makes none again. */
  readonly administratorBootstrapped?: boolean;
}

/** Keeps the contact centers. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve. */
export interface ContactCenterStore {
  find(id: string): Promise<ContactCenter | undefined>;

  /** All contact centers, sorted by id. */
  list(): Promise<readonly ContactCenter[]>;

  /** Creates or replaces. Durable when it resolves. */
  put(contactCenter: ContactCenter): Promise<void>;
}
