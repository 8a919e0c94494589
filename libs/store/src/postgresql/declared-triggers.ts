import type { Client } from 'pg';
import { triggerOf, type DeclaredSchema, type DeclaredTrigger } from './declared-schema.js';

/** What triggers are for: they keep the audit append-only and other things, or count the recipients of recordings. */
export type TriggerPurpose = 'audit' | 'counts';

const countedTable = 'media_recipient';
const countingFunctions = /^rcs_(recipients_|count_slot)/;

const purposeOf = ({ table }: DeclaredTrigger): TriggerPurpose => (table === countedTable ? 'counts' : 'audit');

const textOf = ({ name, table, act }: DeclaredTrigger): string => `${name} of ${table}: ${act}`;

export const triggersFor = ({ triggers }: DeclaredSchema, purpose: TriggerPurpose): readonly DeclaredTrigger[] =>
  triggers.filter(trigger => purposeOf(trigger) === purpose);

/**
 * Lines that say which functions and triggers are not as they are made. A trigger that is there and switched off, that is
 * another one of its name, or whose function says something else, is none.
 * @param others triggers besides those that the schema declares
 */
export async function notAsDeclared(
  client: Client,
  declared: DeclaredSchema,
  purpose: TriggerPurpose,
  others: readonly DeclaredTrigger[] = [],
): Promise<string[]> {
  const present = await client.query<{ enabled: string; definition: string }>(
    `SELECT t.tgenabled AS enabled, pg_get_triggerdef(t.oid) AS definition FROM pg_trigger AS t
     JOIN pg_class AS c ON c.oid = t.tgrelid WHERE c.relnamespace = current_schema()::regnamespace`,
  );
  const working = new Set(
    present.rows
      .filter(({ enabled }) => 'OA'.includes(enabled))
      .map(({ definition }) => triggerOf(definition))
      .map(trigger => (trigger === undefined ? '' : textOf(trigger))),
  );
  const bodies = await client.query<{ name: string; body: string }>(
    `SELECT proname AS name, prosrc AS body FROM pg_proc WHERE pronamespace = current_schema()::regnamespace`,
  );
  const changed = [...declared.functions]
    .filter(([name]) => countingFunctions.test(name) === (purpose === 'counts'))
    .filter(([name, body]) => !bodies.rows.some(row => row.name === name && row.body === body))
    .map(([name]) => `function ${name} is missing or changed`);
  const missing = [...triggersFor(declared, purpose), ...others]
    .filter(trigger => !working.has(textOf(trigger)))
    .map(({ name, table }) => `trigger ${name} of ${table} is missing, changed or switched off`);
  return [...changed, ...missing];
}
