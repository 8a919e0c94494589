import type * as pkcs11 from 'pkcs11js';
import { TokenError } from '../errors/token-error.js';
import type { DecryptionAnswer } from '../module/decryption-threads.js';
import type { Login } from './login.js';
import type { CallDone } from '../module/native-calls.js';
import { quietly, type TokenModule } from '../module/token-module.js';

/**
 * A session of the token. It can do one operation at a time, so whoever holds it holds it from the first to the last call;
 * operations of one step may stand in line. Those run on threads of ours, other heavy calls on threads of libuv's pool, both
 * watched; the short ones run at once. Where the module bears one caller at a time, all of them run at once.
 */
export class TokenSession {
  private readonly generation: number;
  private running = false;
  private closing = false;
  /** Operations that stand in line, the one that runs among them. */
  private line = 0;
  private readonly returned = (): void => {
    this.running = false;
    if (this.closing) this.close();
  };
  private readonly stepReturned = (): void => {
    this.line--;
    if (this.closing) this.close();
  };

  constructor(
    private readonly module: TokenModule,
    readonly handle: pkcs11.Handle,
    private readonly login: Login,
    private readonly timeoutMs: number,
  ) {
    this.generation = module.generation;
  }

  /** Whether the handle still means this session: after the module started again it may be another's. */
  get valid(): boolean {
    return this.generation === this.module.generation;
  }

  /** @throws TokenError unavailable when the session ended with the module, or a call that was given up still runs in it. */
  get library(): pkcs11.PKCS11 {
    if (!this.valid) throw sessionEnded();
    if (this.running || this.line > 0)
      throw new TokenError('unavailable', 'a call that was given up still runs in the session');
    return this.module.library;
  }

  /** C_DecryptInit and C_Decrypt; the caller overwrites the result. `outputBytes` is the most that can come back. */
  async decrypt(mechanism: pkcs11.Mechanism, key: pkcs11.Handle, input: Buffer, outputBytes: number): Promise<Buffer> {
    this.startDecryption(mechanism, key);
    return this.finishDecryption(input, outputBytes);
  }

  /**
   * C_DecryptInit and C_Decrypt in one step, behind those that were begun in this session before; for a mechanism without
   * parameters and a key that wants no login for its use.
   * @throws TokenError unavailable when the session ended with the module, or the operation hangs
   */
  decryptInLine(mechanism: number, key: pkcs11.Handle, input: Buffer): Promise<DecryptionAnswer> {
    if (!this.valid) throw sessionEnded();
    const { decryptions, calls } = this.module;
    const buffers: Buffer[] = [];
    return calls.run('C_Decrypt', this.timeoutMs, { buffers, returned: this.stepReturned }, done => {
      const elapsed = decryptions.begin({ session: this.handle, key, mechanism, input }, answer => {
        buffers.push(answer.message);
        done(null, answer);
      });
      this.line++;
      return elapsed;
    });
  }

  /** C_Decrypt alone, after `startDecryption`: apart, so that a failure of either can be told. */
  finishDecryption(input: Buffer, outputBytes: number): Promise<Buffer> {
    const output = Buffer.allocUnsafe(outputBytes);
    // A copy: it lives as long as the call does, whatever the caller does with the original.
    const ciphertext = Buffer.from(input);
    return this.watched(
      'C_Decrypt',
      [ciphertext, output],
      done => this.library.C_Decrypt(this.handle, ciphertext, output, done),
      () => this.library.C_Decrypt(this.handle, ciphertext, output),
    );
  }

  /** C_DecryptInit alone. */
  startDecryption(mechanism: pkcs11.Mechanism, key: pkcs11.Handle): void {
    this.begin(key, () => this.library.C_DecryptInit(this.handle, mechanism, key));
  }

  /** C_SignInit and C_Sign. */
  async sign(mechanism: pkcs11.Mechanism, key: pkcs11.Handle, data: Buffer, outputBytes: number): Promise<Buffer> {
    this.begin(key, () => this.library.C_SignInit(this.handle, mechanism, key));
    const output = Buffer.alloc(outputBytes);
    const message = Buffer.from(data);
    return this.watched(
      'C_Sign',
      [message, output],
      done => this.library.C_Sign(this.handle, message, output, done),
      () => this.library.C_Sign(this.handle, message, output),
    );
  }

  /** C_GenerateKeyPair; primes are a matter of luck, so it has a time of its own. */
  generateKeyPair(
    mechanism: pkcs11.Mechanism,
    publicTemplate: pkcs11.Template,
    privateTemplate: pkcs11.Template,
    timeoutMs: number,
  ): Promise<pkcs11.KeyPair> {
    return this.watched(
      'C_GenerateKeyPair',
      [],
      done => this.library.C_GenerateKeyPair(this.handle, mechanism, publicTemplate, privateTemplate, done),
      () => this.library.C_GenerateKeyPair(this.handle, mechanism, publicTemplate, privateTemplate),
      timeoutMs,
    );
  }

  /** C_UnwrapKey: the wrapped key becomes an object of the token. */
  unwrapKey(
    mechanism: pkcs11.Mechanism,
    unwrappingKey: pkcs11.Handle,
    wrappedKey: Buffer,
    template: pkcs11.Template,
  ): Promise<pkcs11.Handle> {
    return this.watched(
      'C_UnwrapKey',
      [wrappedKey],
      done => this.library.C_UnwrapKey(this.handle, mechanism, unwrappingKey, wrappedKey, template, done),
      () => this.library.C_UnwrapKey(this.handle, mechanism, unwrappingKey, wrappedKey, template),
    );
  }

  /**
   * Closes the session; one in which a call still runs, hung or given up, only when that call has returned: modules free
   * what the call is working with.
   */
  close(): void {
    if (this.running || this.line > 0) this.closing = true;
    else if (this.valid) quietly(() => this.library.C_CloseSession(this.handle));
  }

  /** With a login for this use, where the key wants one (PKCS#11 2.40, 4.9: CKA_ALWAYS_AUTHENTICATE). */
  private begin(key: pkcs11.Handle, init: () => void): void {
    const isLoginWanted = this.login.isWanted(this, key);
    init();
    if (isLoginWanted) this.login.authoriseUse(this);
  }

  private watched<T>(
    what: string,
    buffers: readonly Buffer[],
    onThread: (done: CallDone<T>) => void,
    atOnce: () => T,
    timeoutMs = this.timeoutMs,
  ): Promise<T> {
    if (this.module.serialised) return this.alone(atOnce, timeoutMs);
    return this.module.calls.run(what, timeoutMs, { buffers, returned: this.returned }, done => {
      onThread(done);
      this.running = true;
      return undefined;
    });
  }

  private async alone<T>(atOnce: () => T, timeoutMs: number): Promise<T> {
    this.module.progress.longCall(timeoutMs);
    return Promise.resolve(atOnce());
  }
}

const sessionEnded = (): TokenError =>
  new TokenError('unavailable', 'the session ended when the module was started again');
