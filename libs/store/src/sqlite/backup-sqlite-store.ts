import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describeError } from '#platform';
import { createDatabaseFile, openConnection } from './database-connection.js';
import { auditDatabaseName, documentDatabaseName } from './open-sqlite-store.js';
import { exportPositionDatabaseName } from './sqlite-export-position.js';

export interface BackedUpFile {
  readonly file: string;
  readonly bytes: number;
}

/**
 * In this order, so that what is put back says too little rather than too much: no position of an export beyond the records
 * that are there, and no change without the records of it.
 */
const databases = [
  { name: exportPositionDatabaseName, needed: false },
  { name: documentDatabaseName, needed: true },
  { name: auditDatabaseName, needed: true },
];
/** All of a file in one step reads one state of it; in several it would begin anew whenever a gateway has written. */
const allPages = 0x7fffffff;
const busyTimeoutMs = 10_000;

/**
 * Copies the files of a SQLite store into a new or empty directory while gateways go on writing to them. Each file is one
 * committed state, checked (`PRAGMA integrity_check`), and on the disk under its name when this resolves.
 * @throws Error that names the file or the directory, and says what to do; a file that is not whole is not left behind.
 */
export async function backupSqliteStore(directory: string, target: string): Promise<readonly BackedUpFile[]> {
  const present = databases.filter(({ name, needed }) => isThere(directory, name, needed));
  makeEmptyDirectory(target);
  const copies: BackedUpFile[] = [];
  for (const { name } of present) copies.push(await copyDatabase(join(directory, name), join(target, name), copies));
  await syncToDisk(target);
  return copies;
}

/** For the message where a backup ends early: what of it was copied, and stays. */
export function butWhole(copies: readonly BackedUpFile[]): string {
  return copies.length === 0 ? '' : `; whole, and left there: ${copies.map(({ file }) => file).join(', ')}`;
}

function isThere(directory: string, name: string, needed: boolean): boolean {
  const there = existsSync(join(directory, name));
  if (!there && needed) throw new Error(`${directory} holds no SQLite store: there is no ${name}`);
  return there;
}

function makeEmptyDirectory(target: string): void {
  try {
    mkdirSync(target, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Error(`${target} cannot be made: ${describeError(error)}`, { cause: error });
  }
  if (readdirSync(target).length > 0) {
    throw new Error(`${target} is not empty, and a backup replaces no other: name a new directory`);
  }
}

async function copyDatabase(from: string, to: string, before: readonly BackedUpFile[]): Promise<BackedUpFile> {
  const unfinished = `${to}.unfinished`;
  try {
    createDatabaseFile(unfinished);
    const source = openConnection(from, { busyTimeoutMs });
    try {
      await source.backup(unfinished, { progress: () => allPages });
    } finally {
      source.close();
    }
    checkIntegrity(unfinished);
    await syncToDisk(unfinished);
    renameSync(unfinished, to);
  } catch (error) {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${unfinished}${suffix}`, { force: true });
    throw new Error(`${from} cannot be copied to ${to}: ${describeError(error)}${butWhole(before)}`, { cause: error });
  }
  return { file: to, bytes: statSync(to).size };
}

function checkIntegrity(file: string): void {
  const copy = new Database(file, { fileMustExist: true });
  try {
    const found = copy.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok') throw new Error(`the copy is damaged, and so may be what was copied: ${String(found)}`);
  } finally {
    copy.close();
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
