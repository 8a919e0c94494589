import { RcsError } from '#platform';
import type { ExternalSource, User } from '#store';

/** Which of several accounts of one name is meant. */
export interface AccountChoice {
  readonly source?: 'local' | ExternalSource;
  readonly contactCenter?: string;
}

const sourceOf = ({ source }: User): NonNullable<AccountChoice['source']> => source ?? 'local';

/**
 * The account that is meant; undefined where there is none. Where there are several nothing is guessed: whoever disables
 * one of them has to know that the other still lets somebody in.
 * @throws RcsError RCS_INVALID_VALUE naming what tells them apart.
 */
export function theAccount(name: string, accounts: readonly User[], choice: AccountChoice): User | undefined {
  const [only, another] = accounts.filter(
    user =>
      (choice.source ?? sourceOf(user)) === sourceOf(user) &&
      (choice.contactCenter ?? user.contactCenter) === user.contactCenter,
  );
  if (another === undefined) return only;
  const list = accounts.map(user => `${sourceOf(user)} in ${user.contactCenter ?? 'no contact center'}`).join(', ');
  const publicDetail = `source: several accounts are called ${JSON.stringify(name)} (${list}); name source or contactCenter`;
  throw new RcsError('RCS_INVALID_VALUE', publicDetail, { publicDetail });
}
