import { overlap } from '../settings/overlapping-places.js';
import type { Setting, SettingName, SettingStore } from '../settings/setting-store.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import { lockName } from './scoped-lock.js';

type SettingRow = SettingName & { readonly value: string; readonly places: string };

export class PostgresqlSettingStore implements SettingStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  async list(contactCenter: string): Promise<readonly Setting[]> {
    const text = `SELECT contact_center AS "contactCenter", setting_group AS "group", name, location, value, places
                  FROM setting WHERE contact_center = $1 ORDER BY setting_group, name, location`;
    const rows = await this.database.read(sql => sql.all<SettingRow>(text, [contactCenter]));
    return rows.map(row => ({ ...row, places: JSON.parse(row.places) as readonly string[] }));
  }

  put({ contactCenter, group, name, location, value, places }: Setting): Promise<'stored' | 'taken'> {
    const others = `SELECT places FROM setting WHERE contact_center <> $1 AND places <> '[]'`;
    const text = `INSERT INTO setting VALUES ($1, $2, $3, $4, $5, $6)
                  ON CONFLICT (contact_center, setting_group, name, location)
                  DO UPDATE SET value = excluded.value, places = excluded.places`;
    return this.database.transaction(async sql => {
      if (places.length > 0) {
        // Two that want one place at the same moment come one after the other.
        await lockName(sql, 'places of settings');
        const taken = await sql.all<{ places: string }>(others, [contactCenter]);
        if (taken.some(those => overlap(places, JSON.parse(those.places) as string[]))) return 'taken';
      }
      await sql.run(text, [contactCenter, group, name, location, value, JSON.stringify(places)]);
      return 'stored';
    });
  }

  async remove({ contactCenter, group, name, location }: SettingName): Promise<boolean> {
    const text = `DELETE FROM setting
                  WHERE contact_center = $1 AND setting_group = $2 AND name = $3 AND location = $4`;
    const values = [contactCenter, group, name, location];
    return (await this.database.transaction(sql => sql.run(text, values))) > 0;
  }
}
