import type { AssignedThings, AssignmentOutcome } from '../local-key-manager/local-key-manager-store.js';
import type { Sql } from './sql.js';

/** Gives a contact center what belongs to none: these things, or all, the request log and invitations with them. */
export async function assignThings(
  sql: Sql,
  contactCenter: string,
  only: AssignedThings | undefined,
): Promise<AssignmentOutcome> {
  const asked = only ?? {
    credentials: await ownerless(sql, 'hawk_credential'),
    keyPairs: await ownerless(sql, 'local_key_pair'),
  };
  const credentials = await moved(sql, 'hawk_credential', asked.credentials, contactCenter);
  const keyPairs = await moved(sql, 'local_key_pair', asked.keyPairs, contactCenter);
  if (only === undefined) {
    for (const table of ['hawk_invitation', 'local_key_request']) {
      await sql.run(`UPDATE ${table} SET contact_center = $1 WHERE contact_center = ''`, [contactCenter]);
    }
  }
  return {
    credentials,
    keyPairs,
    refused: {
      credentials: asked.credentials.filter(id => !credentials.includes(id)),
      keyPairs: asked.keyPairs.filter(id => !keyPairs.includes(id)),
    },
  };
}

type Table = 'hawk_credential' | 'local_key_pair';

async function ownerless(sql: Sql, table: Table): Promise<readonly string[]> {
  const rows = await sql.all<{ id: string }>(`SELECT id FROM ${table} WHERE contact_center = '' ORDER BY id`);
  return rows.map(({ id }) => id);
}

/** The ids of what is the contact center's now; what it has already under this id stays where it was. */
async function moved(
  sql: Sql,
  table: Table,
  ids: readonly string[],
  contactCenter: string,
): Promise<readonly string[]> {
  const text = `
    UPDATE ${table} AS thing SET contact_center = $1 WHERE id = $2 AND contact_center = ''
      AND NOT EXISTS (SELECT FROM ${table} AS own WHERE own.id = thing.id AND own.contact_center = $1)`;
  const changed: string[] = [];
  for (const id of ids) if ((await sql.run(text, [contactCenter, id])) > 0) changed.push(id);
  return changed;
}
