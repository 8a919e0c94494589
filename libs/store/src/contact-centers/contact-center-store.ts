import type { ContactCenter } from './contact-center.js';

/** Keeps the contact centers. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve. */
export interface ContactCenterStore {
  find(id: string): Promise<ContactCenter | undefined>;

  /** All contact centers, sorted by id. */
  list(): Promise<readonly ContactCenter[]>;

  /** Creates or replaces. Durable when it resolves. */
  put(contactCenter: ContactCenter): Promise<void>;
}
