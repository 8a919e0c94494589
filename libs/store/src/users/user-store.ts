import type { User, UserContent } from './user.js';

/** Keeps the local users. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve. */
export interface UserStore {
  find(name: string): Promise<User | undefined>;

  /** All users, sorted by name. */
  list(): Promise<readonly User[]>;

  /** Creates or replaces the user of this name, with a new version whatever version is passed. Durable when it resolves. */
  put(user: UserContent): Promise<User>;

  /** Resolves to false when there was no such user. */
  remove(name: string): Promise<boolean>;
}
