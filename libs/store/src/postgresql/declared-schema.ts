import { migrations, type PostgresqlMigration } from './migrate-schema.js';

export interface DeclaredTrigger {
  readonly name: string;
  readonly table: string;
}

/** What the steps of the schema make, by name. */
export interface DeclaredSchema {
  readonly tables: ReadonlySet<string>;
  readonly indexes: ReadonlySet<string>;
  readonly triggers: readonly DeclaredTrigger[];
  /** The text between the dollar signs of each function. */
  readonly functions: ReadonlyMap<string, string>;
}

const made = /CREATE (TABLE|(?:UNIQUE )?INDEX|TRIGGER|FUNCTION) (\w+)(?:[^;$]*? ON (\w+))?/g;
const dropped = /DROP (TABLE|INDEX) (\w+);/g;
const functionText = /CREATE FUNCTION (\w+)\([^)]*\) RETURNS [^$]*\$\$([\s\S]*?)\$\$/g;

/** Read from the very text that makes it, so that nothing that is added there can be forgotten here. */
export function declaredSchema(version: number, steps: readonly PostgresqlMigration[] = migrations): DeclaredSchema {
  const tables = new Set<string>();
  const indexes = new Set<string>();
  const triggers: DeclaredTrigger[] = [];
  const functions = new Map<string, string>();
  for (const { sql } of steps.filter(step => step.version <= version)) {
    for (const [, name = '', text = ''] of sql.matchAll(functionText)) functions.set(name, text);
    // Functions make things, too, in each month.
    const outside = sql.replace(/\$\$[\s\S]*?\$\$/g, '').replace(/--.*$/gm, '');
    for (const [, kind, name = '', table] of outside.matchAll(made)) {
      if (kind === 'TABLE') tables.add(name);
      else if (kind === 'TRIGGER' && table !== undefined) triggers.push({ name, table });
      else if (kind?.endsWith('INDEX') === true) indexes.add(name);
    }
    for (const [, kind, name = ''] of outside.matchAll(dropped)) (kind === 'TABLE' ? tables : indexes).delete(name);
  }
  return { tables, indexes, triggers, functions };
}
