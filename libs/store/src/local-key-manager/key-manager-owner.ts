/**
 * Whose something of the local key manager is: the id of a contact center, or undefined for what is from before things
 * belonged to contact centers and was not assigned to one yet. Each sees its own and nothing else.
 */
export type KeyManagerOwner = string | undefined;

/** What a query covers: `everything`, for operations accounts, or what one owner has. */
export type KeyManagerScope = 'everything' | { readonly owner: KeyManagerOwner };
