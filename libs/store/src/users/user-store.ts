import type { AccountName } from './account.js';
import type { User, UserContent } from './user.js';

/** Keeps the users. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve. */
export interface UserStore {
  find(account: AccountName): Promise<User | undefined>;

  /** All accounts of this name; first the one that has had it for longest, which a name alone means. */
  named(name: string): Promise<readonly User[]>;

  /** All users, sorted by name. */
  list(): Promise<readonly User[]>;

  /** Creates or replaces this account, with a new version whatever version is passed. Durable when it resolves. */
  put(user: UserContent): Promise<User>;

  /**
   * As `put`, but only over the version that the caller has seen, so that no change of somebody else is lost.
   * @param seen the version to replace; undefined where this account may not be there yet
   * @returns undefined, with nothing changed, when another version is there.
   */
  replace(user: UserContent, seen: number | undefined): Promise<User | undefined>;

  /** Resolves to false when there was no such account. */
  remove(account: AccountName): Promise<boolean>;
}
