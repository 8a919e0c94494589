import type { RetentionRule, RetentionStore } from '../retention/retention-rule.js';
import { storedThing } from './stored-thing.js';

type RetentionWrites = {
  putRetention: { input: { contactCenter: string; rules: readonly RetentionRule[] }; result: null };
  claimRetention: { input: { now: number; nextRun: number }; result: readonly string[] };
};

export const retention = storedThing<RetentionWrites, RetentionStore>({
  migrations: [
    {
      version: 15,
      worksWithCodeOf: 1,
      sql: `
        CREATE TABLE retention (
          contact_center TEXT NOT NULL PRIMARY KEY,
          rules TEXT NOT NULL, -- JSON
          next_run INTEGER NOT NULL -- milliseconds since 1970-01-01T00:00:00Z
        ) STRICT, WITHOUT ROWID;
      `,
    },
  ],

  writes(database) {
    const put = database.prepare<[string, string]>(
      `INSERT INTO retention (contact_center, rules, next_run) VALUES (?, ?, 0)
       ON CONFLICT DO UPDATE SET rules = excluded.rules, next_run = 0`,
    );
    // A clock that was set back must not keep everybody from them.
    const claim = database
      .prepare<[number, number, number], string>(
        `UPDATE retention SET next_run = ? WHERE (next_run <= ? OR next_run > ?) AND rules <> '[]' RETURNING contact_center`,
      )
      .pluck();
    return {
      putRetention({ contactCenter, rules }) {
        put.run(contactCenter, JSON.stringify(rules));
        return null;
      },
      claimRetention: ({ now, nextRun }) => claim.all(nextRun, now, now + 10 * (nextRun - now)),
    };
  },

  open(reader, writer) {
    const find = reader.database.prepare<[string], { readonly rules: string }>(
      'SELECT rules FROM retention WHERE contact_center = ?',
    );
    return {
      rulesOf: contactCenter =>
        reader.read(() => JSON.parse(find.get(contactCenter)?.rules ?? '[]') as readonly RetentionRule[]),
      async putRules(contactCenter, rules) {
        await writer.write('putRetention', { contactCenter, rules });
      },
      claimDue: (now, nextRun) => writer.write('claimRetention', { now, nextRun }),
      // All gateways of a store in files are on its host, and have its clock.
      notAhead: now => Promise.resolve(now),
    };
  },
});
