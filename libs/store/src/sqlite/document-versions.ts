import type Database from 'better-sqlite3';
import { documents } from '../store.js';
import { documentSchema } from './document-schema.js';
import { migrationsOf } from './stored-thing.js';

/** Of the schema of the documents: that of these files, and the one that this program knows. */
export function documentVersions(database: Database.Database): { readonly version: number; readonly known: number } {
  const version = database.pragma('user_version', { simple: true }) as number;
  return { version, known: migrationsOf(documents, documentSchema).at(-1)?.version ?? 0 };
}
