import { fileURLToPath } from 'node:url';

/**
 * For programs that are started again and again: what V8 compiled of them is kept for the next start (Node's module compile
 * cache). Node replaces its files whole and holds them against the program, so processes may share the directory.
 */
export const compileCache = fileURLToPath(new URL('../.cache/compile', import.meta.url));

/** The environment for such programs; whoever set a directory keeps it. */
export const withCompileCache = environment => ({ NODE_COMPILE_CACHE: compileCache, ...environment });
