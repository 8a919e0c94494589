import type { EndedSessionStore } from '../ended-sessions/ended-session-store.js';
import { storedThing } from './stored-thing.js';

type EndedSessionWrites = { addEndedSession: { input: { session: string; until: number; now: number }; result: null } };

export const endedSessions = storedThing<EndedSessionWrites, EndedSessionStore>({
  migrations: [
    {
      version: 8,
      worksWithCodeOf: 1,
      sql: `
        CREATE TABLE ended_session (
          session TEXT NOT NULL PRIMARY KEY,
          until INTEGER NOT NULL -- milliseconds since 1970-01-01T00:00:00Z
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX ended_session_by_until ON ended_session (until);
      `,
    },
  ],

  writes(database) {
    const insert = database.prepare<[string, number]>('INSERT INTO ended_session VALUES (?, ?) ON CONFLICT DO NOTHING');
    const forget = database.prepare<[number]>('DELETE FROM ended_session WHERE until < ?');
    return {
      addEndedSession({ session, until, now }) {
        forget.run(now);
        insert.run(session, until);
        return null;
      },
    };
  },

  open(reader, writer) {
    const find = reader.database.prepare<[string]>('SELECT 1 FROM ended_session WHERE session = ?');
    return {
      async add(session, until) {
        await writer.write('addEndedSession', { session, until, now: Date.now() });
      },
      has: session => reader.read(() => find.get(session) !== undefined),
    };
  },
});
