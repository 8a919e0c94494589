import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describeError } from '#platform';
import { backedUpCheckpoints, butWhole, type BackedUpFile } from '#store';

/** As gateways call it beside the files of a store, and verify looks for it there. */
const name = 'audit-checkpoints.jsonl';

/**
 * Puts the checkpoint file of a store into its backup, up to the last checkpoint that the backup has: so the backup is proved
 * by itself, and whoever restores it has the countersignatures. What the file had not got yet is added, as gateways do when
 * they start. Nothing where there is no such file.
 * @param databases what the backup has already, for the message
 * @throws Error that names the file; what is not whole is not left behind.
 */
export async function backUpCheckpoints(
  file: string,
  target: string,
  databases: readonly BackedUpFile[] = [],
): Promise<readonly BackedUpFile[]> {
  if (!existsSync(file)) return [];
  const copy = join(target, name);
  const unfinished = `${copy}.unfinished`;
  try {
    await pipeline(linesOf(file, target), createWriteStream(unfinished, { flags: 'wx', mode: 0o600 }));
    await syncToDisk(unfinished);
    await rename(unfinished, copy);
    await syncToDisk(target);
  } catch (error) {
    await rm(unfinished, { force: true });
    const problem = `${file} cannot be copied to ${copy}: ${describeError(error)}`;
    throw new Error(`${problem}${butWhole(databases)}`, { cause: error });
  }
  return [{ file: copy, bytes: (await stat(copy)).size }];
}

async function* linesOf(file: string, target: string): AsyncGenerator<string> {
  const missing = new Set<number>();
  for (const { number } of backedUpCheckpoints(target)) missing.add(number);
  const last = Math.max(0, ...[...missing].slice(-1));
  for await (const line of wholeLinesOf(file)) {
    const number = numberIn(line);
    if (number !== undefined && number > last) continue;
    if (number !== undefined) missing.delete(number);
    if (line !== '') yield `${line}\n`;
  }
  for (const { number, note } of backedUpCheckpoints(target))
    if (missing.has(number)) yield `${JSON.stringify({ number, checkpoint: note })}\n`;
}

async function* wholeLinesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const part of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    const lines = `${rest}${part}`.split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  // A gateway is writing it, or was when its host went.
  if (parsed(rest) !== undefined) yield rest;
}

/** Of a checkpoint; other lines have none. */
function numberIn(line: string): number | undefined {
  const number = parsed(line)?.number;
  return typeof number === 'number' ? number : undefined;
}

function parsed(line: string): { readonly number?: unknown } | undefined {
  try {
    return JSON.parse(line) as { readonly number?: unknown };
  } catch {
    return undefined;
  }
}

async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
