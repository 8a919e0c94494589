/** What a contact center and an alias may be called, as the label of their key in a token names them. */
export const keyLabelNameRule = 'must be 1 to 128 characters without slashes';

/** Names of contact centers and aliases label the key in the token, with a slash between them. */
export const isKeyLabelName = (name: string): boolean => /^[^/\p{Cc}]{1,128}$/u.test(name);
