import type Database from 'better-sqlite3';
import type { DatabaseReader } from './reading/database-reader.js';
import type { SchemaMigration } from './schema-migration.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import type { WriteHandlers, WriteOperations } from './writing/write-operation.js';

/** All that SQLite knows of one stored thing. Its module also runs in the writer thread: it imports no other library. */
export interface StoredThing<Writes extends WriteOperations, Port> {
  /** The steps that make its tables; the versions go on from those of all things before. */
  readonly migrations?: readonly SchemaMigration[];
  /** How the writer thread carries its writes out. No two things have a write of one name. */
  readonly writes: (database: Database.Database) => WriteHandlers<Writes>;
  /** What the rest of the product sees. */
  readonly open: (reader: DatabaseReader, writer: DatabaseWriter<Writes>) => Port;
}

/** A stored thing in the table of all: its writes among those of the others. */
export type RegisteredThing<Port> = StoredThing<WriteOperations, Port>;

/** Puts a thing into the form of the table. */
export function storedThing<Writes extends WriteOperations, Port>(
  thing: StoredThing<Writes, Port>,
): RegisteredThing<Port> {
  // All writes run in one thread, by name; only the thing itself knows what goes in and comes out.
  return thing as unknown as RegisteredThing<Port>;
}

type Things = Readonly<Record<string, RegisteredThing<unknown>>>;

/** What the things of a table are to the rest of the product. */
export type PortsOf<Table extends Things> = {
  readonly [Name in keyof Table]: Table[Name] extends RegisteredThing<infer Port> ? Port : never;
};

export function openThings<Table extends Things>(
  things: Table,
  reader: DatabaseReader,
  writer: DatabaseWriter<WriteOperations>,
): PortsOf<Table> {
  const opened = Object.entries(things).map(([name, thing]) => [name, thing.open(reader, writer)]);
  return Object.fromEntries(opened) as PortsOf<Table>;
}

/** The writes of all things, and a probe. @throws Error where two have a write of one name. */
export function writesOf(things: Things, database: Database.Database): WriteHandlers<WriteOperations> {
  const handlers: Record<string, (input: unknown) => unknown> = { probe: () => null };
  for (const [thing, { writes }] of Object.entries(things)) {
    for (const [name, handler] of Object.entries(writes(database))) {
      if (name in handlers) throw new Error(`${thing} is not the only stored thing with a write ${name}`);
      handlers[name] = handler;
    }
  }
  return handlers;
}

/** The steps of all things after those of `before`. @throws Error where a version is there twice or is left out. */
export function migrationsOf(things: Things, before: readonly SchemaMigration[]): readonly SchemaMigration[] {
  const all = [...before, ...Object.values(things).flatMap(({ migrations = [] }) => migrations)];
  const inOrder = all.sort((one, other) => one.version - other.version);
  for (const [index, { version }] of inOrder.entries()) {
    if (version !== index + 1) throw new Error(`of ${all.length} schema versions, ${version} stands at ${index + 1}`);
  }
  return inOrder;
}
