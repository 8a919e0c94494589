import type { Client } from 'pg';
import { monthsOf } from './check-schema.js';
import type { DeclaredSchema } from './declared-schema.js';
import { withheldRights } from './migrate-schema.js';
import { bad, good, type StoreFinding } from '../check/store-finding.js';

const everything = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

/** What a role lacks that a gateway needs, and what it has that a gateway shall not have. */
export async function checkRights(client: Client, { tables }: DeclaredSchema, role: string): Promise<StoreFinding> {
  const { rows: roles } = await client.query<{ superuser: boolean }>(
    'SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = $1',
    [role],
  );
  const [known] = roles;
  if (known === undefined)
    return bad('rights', `there is no role ${role}`, 'name the one of gateways: rcsctl store check --role NAME');
  if (known.superuser || (await owns(client, role))) return ownsEverything(role, known.superuser);
  const needed = [...tables].flatMap(table =>
    everything.filter(right => withheldRights(table)?.includes(right) !== true).map(right => ({ table, right })),
  );
  const forbidden = [...tables].flatMap(table => (withheldRights(table) ?? []).map(right => ({ table, right })));
  const ofMonths = (await monthsOf(client)).flatMap(table =>
    ['UPDATE', 'DELETE', 'TRUNCATE'].map(right => ({ table, right })),
  );
  const missing = (await held(client, role, needed)).filter(({ has }) => !has);
  const tooMany = (await held(client, role, [...forbidden, ...ofMonths])).filter(({ has }) => has);
  const makesMonths = await mayMakeMonths(client, role);
  const lines = [
    ...tooMany.map(({ table, right }) => `${role} may ${right} ${table}`),
    ...missing.map(({ table, right }) => `${role} may not ${right} ${table}`),
    ...(makesMonths ? [] : [`${role} may not make the months of the audit`]),
  ];
  if (lines.length === 0) return good('rights', `${role} may add to the audit and read it, and not change it`);
  return bad('rights', lines.join('; '), `run rcsctl store migrate as the owner, with --grant-to ${role}`);
}

function ownsEverything(role: string, superuser: boolean): StoreFinding {
  const found = `${role} ${superuser ? 'is a superuser' : 'owns the audit'}: it can take the triggers away`;
  const advice =
    'Where gateways shall not be able to, give them a role of their own: rcsctl store migrate --grant-to, then --role here.';
  return { check: 'rights', verdict: 'doubtful', found, advice };
}

async function owns(client: Client, role: string): Promise<boolean> {
  const { rows } = await client.query<{ owns: boolean }>(
    `SELECT pg_has_role($1, relowner, 'USAGE') AS owns FROM pg_class WHERE oid = to_regclass('audit_record')`,
    [role],
  );
  return rows[0]?.owns === true;
}

interface Right {
  readonly table: string;
  readonly right: string;
}

async function held(client: Client, role: string, rights: readonly Right[]): Promise<(Right & { has: boolean })[]> {
  const { rows } = await client.query<Right & { has: boolean }>(
    `SELECT t AS table, r AS right, has_table_privilege($1, to_regclass(t), r) AS has
     FROM unnest($2::text[], $3::text[]) AS asked(t, r) WHERE to_regclass(t) IS NOT NULL`,
    [role, rights.map(({ table }) => table), rights.map(({ right }) => right)],
  );
  return rows;
}

async function mayMakeMonths(client: Client, role: string): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT prosecdef AND has_function_privilege($1, oid, 'EXECUTE') AS may FROM pg_proc
     WHERE proname = 'rcs_audit_month' AND pronamespace = current_schema()::regnamespace`,
    [role],
  );
  return rows[0]?.may === true;
}
