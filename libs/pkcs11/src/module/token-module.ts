import * as pkcs11 from 'pkcs11js';
import { ckrOf } from '../errors/ckr-names.js';
import { TokenError, toTokenError } from '../errors/token-error.js';
import { NativeCalls } from './native-calls.js';

const modules = new Map<string, TokenModule>();

/**
 * A PKCS#11 library in this process. Initialisation belongs to the process, not to a token (PKCS#11, 5.4), so all tokens
 * of one library share this object.
 */
export class TokenModule {
  readonly calls = new NativeCalls();
  private readonly users = new Set<object>();
  private initialised = false;
  private starts = 0;

  private constructor(readonly library: pkcs11.PKCS11) {}

  /** @throws TokenError unsupported when the library cannot be loaded. */
  static load(path: string): TokenModule {
    const known = modules.get(path);
    if (known !== undefined) return known;
    const library = new pkcs11.PKCS11();
    try {
      library.load(path);
    } catch (error) {
      const message =
        `the PKCS#11 module ${path} cannot be loaded (${loaderReason(error)}): ` +
        'check module-path, that the file is made for this machine, and the libraries it needs';
      throw new TokenError('unsupported', message, { cause: error });
    }
    const module = new TokenModule(library);
    modules.set(path, module);
    return module;
  }

  /** Changes with every initialisation: handles of another generation are void, and may mean something else. */
  get generation(): number {
    return this.starts;
  }

  /** Initialises the module if it is not. @throws TokenError unavailable */
  enter(): void {
    if (!this.initialised) this.initialise();
  }

  /** Notes that `user` has handles of this module, which finalising would destroy. */
  hold(user: object): void {
    this.users.add(user);
  }

  leave(user: object): void {
    this.users.delete(user);
  }

  /**
   * Finalises and initialises again, so that a token that came back is seen; SoftHSM, for one, never looks again by
   * itself. Does nothing while another token of the module is in use, whose handles would die, or while a call runs.
   * @throws TokenError
   */
  async restart(): Promise<void> {
    await this.calls.quiet();
    if (this.users.size > 0) return;
    this.finalise();
    this.initialise();
  }

  /** Finalises when nobody uses the module any more and no call hangs. */
  async finish(): Promise<void> {
    if (this.calls.hung) return;
    await this.calls.quiet();
    if (this.users.size === 0) this.finalise();
  }

  private initialise(): void {
    try {
      // Calls run on several threads at once.
      this.library.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
    } catch (error) {
      if (ckrOf(error) !== 'CKR_CRYPTOKI_ALREADY_INITIALIZED') {
        throw asUnavailable(toTokenError(error, 'initialising the PKCS#11 module'));
      }
    }
    this.initialised = true;
  }

  private finalise(): void {
    if (!this.initialised) return;
    this.initialised = false;
    this.starts++;
    quietly(() => this.library.C_Finalize());
  }
}

/** While a token is being opened, whatever goes wrong in it means that it is not there now. */
export function asUnavailable(error: TokenError): TokenError {
  if (error.failure !== 'internal' && error.failure !== 'busy') return error;
  return new TokenError('unavailable', error.message, { ckr: error.ckr, cause: error.cause });
}

/** For calls that tidy up after a failure: the module may be beyond answering, and there is nothing left to do about it. */
export function quietly(call: () => void): void {
  try {
    call();
  } catch (error) {
    if (ckrOf(error) === undefined) throw error;
  }
}

/** What the dynamic loader says, in one line. */
function loaderReason(error: unknown): string {
  const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return line === '' ? 'the loader does not say why' : line;
}
