import { migrations, type PostgresqlMigration } from './migrate-schema.js';

export interface DeclaredTrigger {
  readonly name: string;
  readonly table: string;
  /** When it calls which function, in a form that two can be compared by. */
  readonly act: string;
}

/** What the steps of the schema make, by name. */
export interface DeclaredSchema {
  readonly tables: ReadonlySet<string>;
  readonly indexes: ReadonlySet<string>;
  readonly triggers: readonly DeclaredTrigger[];
  /** The text between the dollar signs of each function. */
  readonly functions: ReadonlyMap<string, string>;
}

const changes = /(CREATE|DROP) (TABLE|(?:UNIQUE )?INDEX|TRIGGER) (\w+)([^;$]*)/g;
const functionText = /CREATE FUNCTION (\w+)\([^)]*\)\s+RETURNS [^$]*\$\$([\s\S]*?)\$\$/g;
const triggerText =
  /TRIGGER (\w+)\s+(BEFORE|AFTER) ([A-Z ]+?) ON (?:\w+\.)?(\w+)\s+(?:(REFERENCING \w+ TABLE AS \w+)\s+)?(FOR EACH \w+)\s+EXECUTE FUNCTION (?:\w+\.)?(\w+)\(/;

/** Of the statement that makes it, or of what PostgreSQL answers for that (pg_get_triggerdef). undefined: it has another form. */
export function triggerOf(statement: string): DeclaredTrigger | undefined {
  const [, name, when = '', events = '', table, referencing = '', each, calls] = triggerText.exec(statement) ?? [];
  if (name === undefined || table === undefined) return undefined;
  return {
    name,
    table,
    act: [when, ...events.split(' OR ').sort(), referencing, each, calls].filter(Boolean).join(' '),
  };
}

/** Read from the very text that makes it, so that nothing that is added there can be forgotten here. */
export function declaredSchema(version: number, steps: readonly PostgresqlMigration[] = migrations): DeclaredSchema {
  const tables = new Set<string>();
  const indexes = new Set<string>();
  const triggers = new Map<string, DeclaredTrigger>();
  const functions = new Map<string, string>();
  for (const { sql } of steps.filter(step => step.version <= version)) {
    for (const [, name = '', text = ''] of sql.matchAll(functionText)) functions.set(name, text);
    // Functions make things, too, in each month.
    const outside = sql.replace(/\$\$[\s\S]*?\$\$/g, '').replace(/--.*$/gm, '');
    for (const [statement, verb, kind, name = '', rest = ''] of outside.matchAll(changes)) {
      if (kind === 'TRIGGER') changeTrigger(triggers, verb, name, statement, rest);
      else if (verb === 'CREATE') (kind === 'TABLE' ? tables : indexes).add(name);
      else (kind === 'TABLE' ? tables : indexes).delete(name);
    }
  }
  return { tables, indexes, triggers: [...triggers.values()], functions };
}

function changeTrigger(
  triggers: Map<string, DeclaredTrigger>,
  verb: string | undefined,
  name: string,
  statement: string,
  rest: string,
): void {
  const trigger = verb === 'CREATE' ? triggerOf(statement) : undefined;
  const table = trigger?.table ?? / ON (\w+)/.exec(rest)?.[1] ?? '';
  const key = `${table}.${name}`;
  if (trigger !== undefined) triggers.set(key, trigger);
  else if (verb === 'DROP') triggers.delete(key);
  else throw new Error(`the schema makes a trigger that cannot be compared: ${name}`);
}
