import type { ExternalPerson } from './directory-person.js';

/** What stands for the Configuration Server: it knows people and checks their passwords. */
export interface Directory {
  /**
   * The person with this name and password; undefined when there is none.
   * @throws RcsError RCS_DIRECTORY_UNAVAILABLE, RCS_OVERLOADED.
   */
  authenticate(userName: string, password: string): Promise<ExternalPerson | undefined>;

  /** Whether people can be looked up without their password. */
  readonly canFind: boolean;

  /**
   * The person with this name; undefined when there is none or nobody can be looked up.
   * @throws RcsError RCS_DIRECTORY_UNAVAILABLE, RCS_OVERLOADED.
   */
  find(userName: string): Promise<ExternalPerson | undefined>;

  close(): void;
}
