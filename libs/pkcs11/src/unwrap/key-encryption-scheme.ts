import type { OaepParameters } from './oaep.js';

/** How a session key is encrypted: RFC 8017, 7.1 and 7.2. */
export type KeyEncryptionScheme =
  { readonly scheme: 'rsaes-pkcs1-v1_5' } | ({ readonly scheme: 'rsaes-oaep' } & OaepParameters);
