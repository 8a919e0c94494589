import * as pkcs11 from 'pkcs11js';
import { ckrOf } from '../errors/ckr-names.js';
import { isOneOf, TokenError, toTokenError } from '../errors/token-error.js';
import { DecryptionThreads } from './decryption-threads.js';
import { loadModule, type LoadedModule } from './load-module.js';
import { madeForAnotherMachine } from './machine-of-module.js';
import { NativeCalls } from './native-calls.js';
import { threadNiceness } from './thread-niceness.js';

const modules = new Map<string, TokenModule>();

/** Told how the module is used, so that somebody outside can judge whether a call of it stands. */
export interface ModuleProgress {
  /** The module is about to be called; whatever was called before has returned. */
  called(): void;
  /** The next call occupies this thread, for so many milliseconds at most. */
  longCall(timeoutMs: number): void;
}

const unwatched: ModuleProgress = { called: () => undefined, longCall: () => undefined };

/** How a module wants to be initialised and called. */
export interface ModuleOptions {
  readonly serialised?: boolean | undefined;
  readonly initialisation?: string | undefined;
  readonly progress?: ModuleProgress | undefined;
  /** The most threads on which decryptions run: as many as there are sessions for them. */
  readonly threads?: number | undefined;
}

const fewThreads = 4;

/**
 * A PKCS#11 library in this process. Initialisation belongs to the process, not to a token (PKCS#11, 5.4), so all tokens
 * of one library share this object.
 */
export class TokenModule {
  readonly calls = new NativeCalls();
  readonly progress: ModuleProgress;
  private readonly users = new Set<object>();
  private initialised = false;
  private starts = 0;
  private oneCallerOnly: boolean;
  private threads: DecryptionThreads | undefined;

  private constructor(
    private readonly loaded: LoadedModule,
    private readonly options: ModuleOptions,
  ) {
    this.oneCallerOnly = options.serialised ?? false;
    this.progress = options.progress ?? unwatched;
  }

  /** @throws TokenError unsupported when the library cannot be loaded. */
  static load(path: string, options: ModuleOptions = {}): TokenModule {
    const known = modules.get(path);
    if (known !== undefined) return known;
    let loaded: LoadedModule;
    try {
      loaded = loadModule(path);
    } catch (error) {
      const message =
        `the PKCS#11 module ${path} cannot be loaded (${madeForAnotherMachine(path) ?? loaderReason(error)}): ` +
        'check module-path, that the file is made for this machine, and the libraries it needs';
      throw new TokenError('unsupported', message, { cause: error });
    }
    const module = new TokenModule(loaded, options);
    modules.set(path, module);
    return module;
  }

  get library(): pkcs11.PKCS11 {
    this.progress.called();
    return this.loaded.library;
  }

  /** The threads on which decryptions run in one step; only while the module is initialised, and bears several callers. */
  get decryptions(): DecryptionThreads {
    return (this.threads ??= new DecryptionThreads(
      this.loaded.functions,
      this.options.threads ?? fewThreads,
      threadNiceness,
    ));
  }

  /** Whether the module bears one caller at a time: no call may begin on a thread of its own. */
  get serialised(): boolean {
    return this.oneCallerOnly;
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
  restart(): void {
    if (this.users.size > 0 || !this.calls.isQuiet) return;
    this.finalise();
    this.initialise();
  }

  /** Finalises when nobody uses the module any more, unless a call hangs, or still runs after `timeoutMs`. */
  async finish(timeoutMs: number): Promise<void> {
    if (this.calls.hung) return;
    if ((await this.calls.quiet(timeoutMs)) && this.users.size === 0) this.finalise();
  }

  private initialise(): void {
    try {
      this.callInitialise();
    } catch (error) {
      throw asUnavailable(toTokenError(error, 'initialising the PKCS#11 module'));
    }
    this.initialised = true;
  }

  /** A module that cannot lock (PKCS#11, 5.4: CKR_CANT_LOCK), or knows no arguments, is called by one thread alone. */
  private callInitialise(): void {
    const { initialisation } = this.options;
    try {
      if (this.oneCallerOnly) this.tryInitialise(0, initialisation);
      else this.tryInitialise(pkcs11.CKF_OS_LOCKING_OK, initialisation);
    } catch (error) {
      if (this.oneCallerOnly || !isOneOf(withoutLocking, ckrOf(error))) throw error;
      this.oneCallerOnly = true;
      this.tryInitialise(0, initialisation);
    }
  }

  private tryInitialise(flags: number, text: string | undefined): void {
    try {
      if (text !== undefined) this.library.C_Initialize({ flags, libraryParameters: `${text}${cutOff}` });
      else if (flags === 0) this.library.C_Initialize();
      else this.library.C_Initialize({ flags });
    } catch (error) {
      if (ckrOf(error) !== 'CKR_CRYPTOKI_ALREADY_INITIALIZED') throw error;
    }
  }

  private finalise(): void {
    if (!this.initialised) return;
    this.initialised = false;
    this.starts++;
    quietly(() => this.library.C_Finalize());
  }
}

/** What a module answers that does not lock, or takes no CK_C_INITIALIZE_ARGS. */
const withoutLocking: readonly string[] = ['CKR_CANT_LOCK', 'CKR_ARGUMENTS_BAD', 'CKR_NEED_TO_CREATE_THREADS'];
/** The binding cuts the last character of what it passes on in pReserved. */
const cutOff = ' ';

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
