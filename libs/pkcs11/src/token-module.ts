import * as pkcs11 from 'pkcs11js';
import { ckrOf } from './ckr-names.js';
import type { TokenLocation } from './pkcs11-uri.js';
import { TokenError, toTokenError } from './token-error.js';

/** A PKCS#11 library in this process; PKCS#11 allows one initialisation per process. */
export interface TokenModule {
  readonly library: pkcs11.PKCS11;
  /** Finalises and initialises again, so that a token that came back is seen. */
  restart(): void;
}

const loaded = new Map<string, TokenModule>();

/** @throws TokenError when the library cannot be loaded or initialised. */
export function loadModule(path: string): TokenModule {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const library = new pkcs11.PKCS11();
  try {
    library.load(path);
  } catch (error) {
    throw new TokenError('unsupported', `the PKCS#11 module ${path} cannot be loaded: check module-path`, undefined, {
      cause: error,
    });
  }
  const module: TokenModule = {
    library,
    restart: () => {
      quietly(() => library.C_Finalize());
      initialise(library);
    },
  };
  initialise(library);
  loaded.set(path, module);
  return module;
}

/** The slot in which the token is now; tokens change slots when they are taken out and put in. */
export function findSlot(
  { library }: TokenModule,
  location: TokenLocation,
): { slot: pkcs11.Handle; info: pkcs11.TokenInfo } {
  for (const slot of library.C_GetSlotList(true)) {
    const info = library.C_GetTokenInfo(slot);
    const matches =
      (location.token === undefined || info.label.trim() === location.token) &&
      (location.serial === undefined || info.serialNumber.trim() === location.serial) &&
      (location.slotId === undefined || slot.readUIntLE(0, Math.min(6, slot.length)) === location.slotId);
    if (matches) return { slot, info };
  }
  throw new TokenError(
    'unavailable',
    `no slot holds the token ${location.token ?? location.serial ?? location.slotId ?? ''}`,
  );
}

function initialise(library: pkcs11.PKCS11): void {
  try {
    // Operations run on several threads of the pool at once.
    library.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
  } catch (error) {
    if (ckrOf(error) !== 'CKR_CRYPTOKI_ALREADY_INITIALIZED')
      throw toTokenError(error, 'initialising the PKCS#11 module');
  }
}

/** For calls that tidy up after a failure: the module may be beyond answering, and there is nothing left to do about it. */
export function quietly(call: () => void): void {
  try {
    call();
  } catch (error) {
    if (ckrOf(error) === undefined) throw error;
  }
}
