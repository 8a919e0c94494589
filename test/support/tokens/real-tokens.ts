import { KryopticToken } from './kryoptic-token.js';
import { NssToken } from './nss-token.js';
import { OpencryptokiToken } from './opencryptoki-token.js';
import { P11KitClientToken } from './p11-kit-client-token.js';
import type { RealToken } from './real-token.js';
import { TpmToken } from './tpm-token.js';

/** All of them, by the names that the page of tokens has. */
export const realTokens: Readonly<Record<string, () => RealToken | Promise<RealToken>>> = {
  opencryptoki: () => new OpencryptokiToken(),
  'NSS softokn': () => new NssToken(),
  'p11-kit client': () => P11KitClientToken.make(),
  Kryoptic: () => KryopticToken.make('with raw RSA'),
  'Kryoptic without raw RSA': () => KryopticToken.make('without raw RSA'),
  'tpm2-pkcs11': () => TpmToken.make(),
};
