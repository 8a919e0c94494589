import type { Stats } from 'node:fs';
import { opendir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { millisecondsSince } from '#platform';
import type { SpoolKind } from './spool-kind.js';

/** Media that is complete, with what lies beside it. */
export interface SpooledFile {
  readonly path: string;
  readonly name: string;
  readonly stats: Stats;
  /** Path of the file beside it, where there is one. */
  readonly beside: string | undefined;
}

export interface SpoolOptions {
  readonly kind: SpoolKind;
  /** Folders below the spool that are no part of it. */
  readonly except: readonly string[];
  /** How long nobody has written to a file that is complete. */
  readonly settleMs: number;
}

const deepest = 16;
const largestBeside = 4 * 1024 * 1024;

/**
 * Every complete file of a spool, one after the other, however many there are: nothing is remembered of the others. A file
 * is complete when it has lain unwritten for a while, and nothing says that its call goes on.
 */
export async function* spooledFiles(folder: string, options: SpoolOptions, depth = 0): AsyncGenerator<SpooledFile> {
  if (depth > deepest) return;
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    // What is still written often has a name of its own until it is renamed.
    if (/^\.|\.(tmp|part|lock)$/i.test(entry.name) || options.except.includes(path)) continue;
    if (entry.isDirectory()) yield* spooledFiles(path, options, depth + 1);
    else if (entry.isFile() && options.kind.isMedia(entry.name)) {
      const file = await completeFile(folder, entry.name, options);
      if (file !== undefined) yield file;
    }
  }
}

async function completeFile(folder: string, name: string, { kind, settleMs }: SpoolOptions) {
  const path = join(folder, name);
  const stats = await statsOf(path);
  if (stats === undefined || millisecondsSince(stats.mtimeMs) < settleMs) return undefined;
  for (const place of kind.ongoing(name)) {
    if ((await statsOf(resolve(folder, place))) !== undefined) return undefined;
  }
  for (const place of kind.besides(name)) {
    const beside = join(folder, place);
    const found = await statsOf(beside);
    if (found?.isFile() === true)
      return millisecondsSince(found.mtimeMs) < settleMs ? undefined : { path, name, stats, beside };
  }
  return { path, name, stats, beside: undefined };
}

/** @throws Error for a file that is no such file, such as a very large one. */
export async function besideText({ beside }: SpooledFile): Promise<string | undefined> {
  if (beside === undefined) return undefined;
  if ((await stat(beside)).size > largestBeside) throw new Error(`${beside} is too large for metadata`);
  return readFile(beside, 'utf8');
}

/** undefined for one that was taken away meanwhile. */
async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
