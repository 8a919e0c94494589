import type { ExternalPerson } from './directory-person.js';

/** What stands for the Configuration Server: it knows people and checks their passwords. */
export interface Directory {
  /**
   * The person with this name and password; undefined when there is none.
   * @param found hears before the password is looked at which entry it is about: the same text for every spelling of the
   * name, undefined where there is none; what it throws ends the attempt
   * @throws RcsError RCS_DIRECTORY_UNAVAILABLE, RCS_OVERLOADED.
   */
  authenticate(
    userName: string,
    password: string,
    found?: (entry: string | undefined) => Promise<void>,
  ): Promise<ExternalPerson | undefined>;

  /** Whether people can be looked up without their password. */
  readonly canFind: boolean;

  /**
   * The person with this name, or one of whose ids a recording may hold; undefined when there is none or nobody can be
   * looked up.
   * @param by what is given: the name people log in with, or whatever recordings call them
   * @throws RcsError RCS_DIRECTORY_UNAVAILABLE, RCS_OVERLOADED.
   */
  find(name: string, by: 'user-name' | 'agent-id'): Promise<ExternalPerson | undefined>;

  close(): void;
}
