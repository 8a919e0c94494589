import { join } from 'node:path';
import * as pkcs11 from 'pkcs11js';

/** Where the build puts what it compiles of `native/decryption-threads.c`, seen from here and from what is compiled of this. */
const compiled = join(
  __dirname,
  __filename.endsWith('.ts') ? '../../../../dist/libs/pkcs11' : '../..',
  'decryption-threads.node',
);

/** What it offers. */
export interface NativeThreads {
  /** @returns the functions of a PKCS#11 library, which `load` of the binding gives to it as well when it is given this file */
  open(modulePath: string): object;
  create(functions: object, ended: () => void, mostThreads: number, niceness: number): object;
  begin(
    threads: object,
    id: number,
    session: pkcs11.Handle,
    key: pkcs11.Handle,
    mechanism: number,
    input: Buffer,
  ): void;
  /** @returns for how many milliseconds an operation has been running; 0 when it has not begun, or has ended */
  elapsed(threads: object, id: number): number;
  /** @returns how many bytes of answers were put into the buffer */
  collect(threads: object, answers: Buffer): number;
}

let native: NativeThreads | undefined;

/** @throws Error when the build has not put it where it belongs */
export function nativeThreads(): NativeThreads {
  if (native !== undefined) return native;
  const module: { exports: unknown } = { exports: {} };
  process.dlopen(module, compiled);
  native = module.exports as NativeThreads;
  return native;
}

/** A PKCS#11 library, for the binding and for threads of ours. */
export interface LoadedModule {
  readonly library: pkcs11.PKCS11;
  readonly functions: object;
}

/**
 * Loads a library once for both: some (p11-kit-client.so) make another instance of themselves, with sessions and logins of its
 * own, whenever they are asked for their functions.
 * @throws Error with the loader's reason
 */
export function loadModule(path: string): LoadedModule {
  const functions = nativeThreads().open(path);
  const library = new pkcs11.PKCS11();
  library.load(compiled);
  return { library, functions };
}
