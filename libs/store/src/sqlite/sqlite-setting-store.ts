import { overlap } from '../settings/overlapping-places.js';
import type { Setting, SettingName, SettingStore } from '../settings/setting-store.js';
import { storedThing } from './stored-thing.js';

type SettingWrites = {
  putSetting: { input: Setting; result: 'stored' | 'taken' };
  removeSetting: { input: SettingName; result: boolean };
};

type SettingRow = SettingName & { readonly value: string; readonly places: string };

export const settings = storedThing<SettingWrites, SettingStore>({
  migrations: [
    {
      version: 16,
      worksWithCodeOf: 1,
      sql: `
        -- What contact centers set for themselves.
        CREATE TABLE setting (
          contact_center TEXT NOT NULL,
          setting_group TEXT NOT NULL,
          name TEXT NOT NULL,
          location TEXT NOT NULL,
          value TEXT NOT NULL, -- JSON, secrets in it sealed
          places TEXT NOT NULL, -- JSON, places that are this contact center's alone
          PRIMARY KEY (contact_center, setting_group, name, location)
        ) STRICT, WITHOUT ROWID;
      `,
    },
  ],

  writes(database) {
    const others = database
      .prepare<[string], string>(`SELECT places FROM setting WHERE contact_center <> ? AND places <> '[]'`)
      .pluck();
    const put = database.prepare<[string, string, string, string, string, string]>(
      `INSERT INTO setting VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value, places = excluded.places`,
    );
    const remove = database.prepare<[string, string, string, string]>(
      'DELETE FROM setting WHERE contact_center = ? AND setting_group = ? AND name = ? AND location = ?',
    );
    return {
      putSetting({ contactCenter, group, name, location, value, places }) {
        const taken = places.length === 0 ? [] : others.all(contactCenter);
        if (taken.some(those => overlap(places, JSON.parse(those) as string[]))) return 'taken';
        put.run(contactCenter, group, name, location, value, JSON.stringify(places));
        return 'stored';
      },
      removeSetting: ({ contactCenter, group, name, location }) =>
        remove.run(contactCenter, group, name, location).changes > 0,
    };
  },

  open(reader, writer) {
    const list = reader.database.prepare<[string], SettingRow>(
      `SELECT contact_center AS contactCenter, setting_group AS "group", name, location, value, places
       FROM setting WHERE contact_center = ? ORDER BY setting_group, name, location`,
    );
    return {
      list: contactCenter =>
        reader.read(() =>
          list.all(contactCenter).map(row => ({ ...row, places: JSON.parse(row.places) as readonly string[] })),
        ),
      put: setting => writer.write('putSetting', setting),
      remove: name => writer.write('removeSetting', name),
    };
  },
});
