/** A system that checks passwords and says what people may do, in the place of this server. */
export type ExternalSource = 'configuration-server' | 'openid';

/**
 * Names one account. A person in a directory, one of an OpenID provider and a local user may have the same name: they are
 * different accounts, and none can touch another. Names of other systems are unique inside a contact center, local ones
 * over all of them. A user object names that user's account.
 */
export interface AccountName {
  readonly name: string;
  /** Absent for a local account. */
  readonly source?: ExternalSource;
  /** Tells accounts of other systems apart; of no importance for local ones. */
  readonly contactCenter?: string;
}

/** Another text for every account: what caches, limits and lists are kept under. That of a local account is its name. */
export function accountId({ name, source, contactCenter }: AccountName): string {
  // No local name contains a control character.
  return source === undefined ? name : `\u001F${JSON.stringify([source, contactCenter ?? null, name])}`;
}

export const isSameAccount = (one: AccountName, other: AccountName): boolean => accountId(one) === accountId(other);
