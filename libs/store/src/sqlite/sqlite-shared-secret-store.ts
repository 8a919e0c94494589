import type { SharedSecretStore } from '../shared-secrets/shared-secret-store.js';
import { storedThing } from './stored-thing.js';

type SharedSecretWrites = { agreeOnSecret: { input: { name: string; proposed: string }; result: string } };

const select = 'SELECT secret FROM shared_secret WHERE name = ?';

export const sharedSecrets = storedThing<SharedSecretWrites, SharedSecretStore>({
  migrations: [
    {
      version: 7,
      worksWithCodeOf: 1,
      sql: `
        CREATE TABLE shared_secret (
          name TEXT NOT NULL PRIMARY KEY,
          secret TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
      `,
    },
  ],

  writes(database) {
    const insert = database.prepare<[string, string]>('INSERT INTO shared_secret VALUES (?, ?) ON CONFLICT DO NOTHING');
    const find = database.prepare<[string], string>(select).pluck();
    return {
      agreeOnSecret({ name, proposed }) {
        insert.run(name, proposed);
        return find.get(name) ?? proposed;
      },
    };
  },

  open(reader, writer) {
    const find = reader.database.prepare<[string], string>(select).pluck();
    return {
      async agree(name, proposed) {
        const agreed = await reader.read(() => find.get(name));
        return agreed ?? writer.write('agreeOnSecret', { name, proposed });
      },
    };
  },
});
