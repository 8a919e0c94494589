import type * as pkcs11 from 'pkcs11js';
import { nativeThreads } from './load-module.js';

/** One decryption: C_DecryptInit and, when that answers CKR_OK, C_Decrypt. */
export interface DecryptionInStep {
  readonly session: pkcs11.Handle;
  readonly key: pkcs11.Handle;
  /** A mechanism (CKM_) without parameters. */
  readonly mechanism: number;
  /** At most `longestInputBytes`; copied. There is room for as many bytes in the answer. */
  readonly input: Buffer;
}

/** What came of it. */
export interface DecryptionAnswer {
  /** The call that answered last. */
  readonly call: 'C_DecryptInit' | 'C_Decrypt';
  /** Its return value (CKR_). */
  readonly code: number;
  /** Empty unless C_Decrypt answered CKR_OK; whoever gets it overwrites it. */
  readonly message: Buffer;
  /** How long the calls took. */
  readonly seconds: number;
}

/** RSA of 16,384 bits; `decryption-threads.c` has room for so much. */
export const longestInputBytes = 2048;
/** Room for what many operations answer at a time, of which one fits in any case. */
const answersBytes = 32 * 1024;
const headBytes = 24;
const alignment = 8;
const lookAgainMs = 10;

/**
 * Threads on which decryptions run as one step, those of one session one after the other. Several may be begun in a session
 * before the first has ended, so that it does not rest until the event loop has its turn. The module has to be loaded and
 * initialised, and bear several callers.
 */
export class DecryptionThreads {
  private readonly answers = Buffer.alloc(answersBytes);
  private readonly running = new Map<number, (answer: DecryptionAnswer) => void>();
  private readonly threads: object;
  private nextId = 0;
  private look: NodeJS.Timeout | undefined;

  /**
   * @param functions of a module that is loaded
   * @param most threads, which are started when there is something to do
   * @param niceness is added to their nice value
   */
  constructor(functions: object, most: number, niceness: number) {
    this.threads = nativeThreads().create(functions, () => this.collect(), most, niceness);
  }

  /**
   * `done` is called in a later turn of the event loop, however late: no call can be cancelled. It must not throw.
   * @returns for how many milliseconds the calls have been running, 0 before they begin
   * @throws Error when the input is too long, or no thread can be started; then nothing runs
   */
  begin({ session, key, mechanism, input }: DecryptionInStep, done: (answer: DecryptionAnswer) => void): () => number {
    const id = this.nextId;
    nativeThreads().begin(this.threads, id, session, key, mechanism, input);
    this.nextId = (id + 1) >>> 0;
    this.running.set(id, done);
    this.look ??= setTimeout(() => this.lookAgain(), lookAgainMs);
    return () => nativeThreads().elapsed(this.threads, id);
  }

  /** Answers wait for others to leave with; where the next call hangs, there are none. */
  private lookAgain(): void {
    this.look = undefined;
    this.collect();
    if (this.running.size > 0) this.look ??= setTimeout(() => this.lookAgain(), lookAgainMs);
  }

  private collect(): void {
    const { answers } = this;
    for (let bytes; (bytes = nativeThreads().collect(this.threads, answers)) > 0;) {
      const given = this.answersIn(bytes);
      answers.fill(0, 0, bytes);
      for (const [id, answer] of given) {
        const done = this.running.get(id);
        this.running.delete(id);
        done?.(answer);
      }
    }
  }

  private answersIn(bytes: number): (readonly [id: number, answer: DecryptionAnswer])[] {
    const given: (readonly [number, DecryptionAnswer])[] = [];
    for (let at = 0; at < bytes;) {
      const length = this.answers.readUInt32LE(at + 20);
      given.push([this.answers.readUInt32LE(at), this.answerAt(at, length)]);
      at += headBytes + Math.ceil(length / alignment) * alignment;
    }
    return given;
  }

  /** In the order of `struct answer_head`. */
  private answerAt(at: number, length: number): DecryptionAnswer {
    const { answers } = this;
    return {
      call: answers.readUInt32LE(at + 4) === 0 ? 'C_DecryptInit' : 'C_Decrypt',
      code: answers.readUInt32LE(at + 8) + answers.readUInt32LE(at + 12) * 2 ** 32,
      seconds: answers.readUInt32LE(at + 16) / 1e6,
      message: Buffer.from(answers.subarray(at + headBytes, at + headBytes + length)),
    };
  }
}
