import * as pkcs11 from 'pkcs11js';
import { ckrOf } from '../errors/ckr-names.js';
import { TokenError, toTokenError } from '../errors/token-error.js';
import { readAttributes } from '../keys/token-objects.js';
import type { CallingSession } from './calling-session.js';

/** CKS_RO_PUBLIC_SESSION and CKS_RW_PUBLIC_SESSION: nobody is logged in. */
const publicStates = [0, 2];
const isTrue = Buffer.of(1);

/**
 * The logins of one presence of a token: one for all its sessions, and, for keys that want it (CKA_ALWAYS_AUTHENTICATE), one
 * for each use of the key. A PIN that was refused is not tried again, however many sessions wait for a login, and the last
 * try that the token has is left to people.
 */
export class Login {
  private refusal: TokenError | undefined;
  /** Which keys want a login for each use, by their handles. */
  private readonly wishes = new WeakMap<pkcs11.Handle, boolean>();

  constructor(
    private readonly slot: pkcs11.Handle,
    /** Empty where the PIN is entered at the token. */
    private readonly pin: string,
  ) {}

  /** Is common to all sessions of the token, and ends with the last of them. @throws TokenError pin */
  enter(session: CallingSession): void {
    const { library, handle } = session;
    if (publicStates.includes(library.C_GetSessionInfo(handle).state)) this.logIn(session, pkcs11.CKU_USER);
  }

  /** Whether the key wants a login between the beginning and the end of each operation. */
  isWanted(session: CallingSession, key: pkcs11.Handle): boolean {
    const known = this.wishes.get(key);
    if (known !== undefined) return known;
    try {
      const [value] = readAttributes(session, key, [pkcs11.CKA_ALWAYS_AUTHENTICATE]) ?? [];
      const isWanted = value?.equals(isTrue) === true;
      this.wishes.set(key, isWanted);
      return isWanted;
    } catch (error) {
      // What is wrong with session, key or token the operation itself will say.
      if (ckrOf(error) === undefined) throw error;
      return false;
    }
  }

  /** Whether it is known that the key wants no login for each use. */
  isKnownFree(key: pkcs11.Handle): boolean {
    return this.wishes.get(key) === false;
  }

  /** For the operation that has begun in the session. @throws TokenError pin */
  authoriseUse(session: CallingSession): void {
    this.logIn(session, pkcs11.CKU_CONTEXT_SPECIFIC);
  }

  private logIn({ library, handle }: CallingSession, user: number): void {
    if (this.refusal !== undefined) throw this.refusal;
    try {
      requireTry(library.C_GetTokenInfo(this.slot).flags, this.pin);
      library.C_Login(handle, user, this.pin);
    } catch (error) {
      if (ckrOf(error) === 'CKR_USER_ALREADY_LOGGED_IN') return;
      const failure = toTokenError(error, 'logging in');
      if (failure.failure === 'pin') this.refusal = failure;
      throw failure;
    }
  }
}

/**
 * What the token says of its PIN (CK_TOKEN_INFO) decides whether one more try is made.
 * @throws TokenError pin
 */
function requireTry(flags: number, pin: string): void {
  if ((flags & pkcs11.CKF_USER_PIN_LOCKED) !== 0) {
    throw new TokenError('pin', 'the token says that its PIN is locked (CKF_USER_PIN_LOCKED)', {
      ckr: 'CKR_PIN_LOCKED',
    });
  }
  if ((flags & pkcs11.CKF_USER_PIN_FINAL_TRY) !== 0) {
    const message =
      'not tried: the token says that one more wrong PIN locks it (CKF_USER_PIN_FINAL_TRY). ' +
      'Log in once with the right PIN and the tool of the token, then start again';
    throw new TokenError('pin', message);
  }
  if (pin === '' && (flags & pkcs11.CKF_PROTECTED_AUTHENTICATION_PATH) === 0) {
    const message =
      'not tried: pin is empty, and the token has no entry of its own (CKF_PROTECTED_AUTHENTICATION_PATH). ' +
      'Give the PIN as pin, or as pin-source of the URI';
    throw new TokenError('pin', message);
  }
}
