import type { User, UserContent } from './user.js';

/** Keeps the local users. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve. */
export interface UserStore {
  find(name: string): Promise<User | undefined>;

  /** All users, sorted by name. */
  list(): Promise<readonly User[]>;

  /** Creates or replaces the user of this name, with a new version whatever version is passed. Durable when it resolves. */
  put(user: UserContent): Promise<User>;

  /**
   * As `put`, but only over the version that the caller has seen, so that no change of somebody else is lost.
   * @param seen the version to replace; undefined where no user of this name may be there yet
   * @returns undefined, with nothing changed, when another version is there.
   */
  replace(user: UserContent, seen: number | undefined): Promise<User | undefined>;

  /** Resolves to false when there was no such user. */
  remove(name: string): Promise<boolean>;
}
