import type Database from 'better-sqlite3';
import type {
  AssignedThings,
  AssignmentOutcome,
  KeyManagerAssignment,
} from '../../local-key-manager/local-key-manager-store.js';
import type { WriteHandlers } from './write-operation.js';

export type KeyManagerAssignmentWrites = {
  assignKeyManagerThings: { input: KeyManagerAssignment; result: AssignmentOutcome };
  /** null: there is none, or there are several. */
  assignToOnlyContactCenter: { input: null; result: (AssignedThings & { readonly contactCenter: string }) | null };
};

/** Things of the local key manager that belong to no contact center find theirs. */
export function keyManagerAssignmentWrites(database: Database.Database): WriteHandlers<KeyManagerAssignmentWrites> {
  const contactCenters = database.prepare<[], string>('SELECT id FROM contact_center LIMIT 2').pluck();
  const ownerless = (table: string) =>
    database
      .prepare<[], string>(
        `SELECT json_extract(document, '$.id') FROM ${table} WHERE contact_center IS NULL
         ORDER BY json_extract(document, '$.id')`,
      )
      .pluck();
  const move = (table: string) => {
    const present = database.prepare<[string, string]>(
      `SELECT 1 FROM ${table} WHERE json_extract(document, '$.id') = ? AND contact_center = ?`,
    );
    const update = database.prepare<[string, string]>(
      `UPDATE ${table} SET contact_center = ? WHERE json_extract(document, '$.id') = ? AND contact_center IS NULL`,
    );
    /** Whether the thing is the contact center's now. */
    return (id: string, contactCenter: string): boolean =>
      present.get(id, contactCenter) === undefined && update.run(contactCenter, id).changes > 0;
  };
  const [ownerlessCredentials, ownerlessKeyPairs] = [ownerless('hawk_credential'), ownerless('local_key_pair')];
  const [moveCredential, moveKeyPair] = [move('hawk_credential'), move('local_key_pair')];
  const moveInvitations = database.prepare(
    'UPDATE hawk_invitation SET contact_center = ? WHERE contact_center IS NULL',
  );
  const moveRequests = database.prepare('UPDATE local_key_request SET contact_center = ? WHERE contact_center IS NULL');
  const countRequestsAnew = database.prepare('UPDATE local_key_request SET number = sequence WHERE contact_center = ?');

  function assign(contactCenter: string, { credentials, keyPairs }: AssignedThings): AssignmentOutcome {
    const [credentialsMoved, keyPairsMoved] = [
      credentials.filter(id => moveCredential(id, contactCenter)),
      keyPairs.filter(id => moveKeyPair(id, contactCenter)),
    ];
    return {
      credentials: credentialsMoved,
      keyPairs: keyPairsMoved,
      refused: {
        credentials: credentials.filter(id => !credentialsMoved.includes(id)),
        keyPairs: keyPairs.filter(id => !keyPairsMoved.includes(id)),
      },
    };
  }

  function assignAll(contactCenter: string): AssignmentOutcome {
    const all = { credentials: ownerlessCredentials.all(), keyPairs: ownerlessKeyPairs.all() };
    const outcome = assign(contactCenter, all);
    moveInvitations.run(contactCenter);
    if (moveRequests.run(contactCenter).changes > 0) countRequestsAnew.run(contactCenter);
    return outcome;
  }

  return {
    assignKeyManagerThings: ({ contactCenter, only }) =>
      only === undefined ? assignAll(contactCenter) : assign(contactCenter, only),

    assignToOnlyContactCenter() {
      const [contactCenter, another] = contactCenters.all();
      if (contactCenter === undefined || another !== undefined) return null;
      const { credentials, keyPairs } = assignAll(contactCenter);
      return { contactCenter, credentials, keyPairs };
    },
  };
}
