import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditLog } from '../audit/audit-log.js';
import { openSqliteStore } from './open-sqlite-store.js';

const name = 'somebody-who-is-to-be-forgotten';
const number = '+49 30 9876543210';

describe('the files of a store whose audit forgot somebody', () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-forgotten-'));
  afterAll(() => rmSync(work, { recursive: true }));

  const filesWith = (directory: string, text: string): readonly string[] =>
    readdirSync(directory).filter(file => readFileSync(join(directory, file)).includes(text));

  async function forget(audit: AuditLog): Promise<void> {
    for (const [kind, value] of [['user', name] as const, ['number', number] as const]) {
      await audit.forget({ contactCenter: 'cc-1', kind, value });
    }
    while (await audit.forgetNext());
    expect(await audit.scrub()).toBe(true);
  }

  it('have neither values nor salts any more, the write-ahead log included; nor has a backup once it is restored', async () => {
    const directory = join(work, 'store');
    const restored = join(work, 'restored');
    const store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
    const entry = { event: 'playback', outcome: 'allowed', contactCenter: 'cc-1' } as const;
    const appends = Array.from({ length: 300 }, () =>
      store.audit.append({ ...entry, user: name, address: '192.0.2.1' }),
    );
    const records = await Promise.all(appends);
    records.push(await store.audit.append({ ...entry, user: 'ann', detail: `about ${name}, ${number}` }));
    cpSync(directory, restored, { recursive: true });
    expect(filesWith(restored, name).length).toBeGreaterThan(0);
    await forget(store.audit);
    for (const value of [name, number, ...records.slice(0, 20).map(({ salts }) => salts?.user ?? '')]) {
      expect([value, filesWith(directory, value)]).toEqual([value, []]);
    }
    const erased = await store.audit.erasedFields(0, 1000);
    expect(erased).toHaveLength(301);
    expect(JSON.stringify(erased)).not.toContain(name);
    await store.close();

    const again = await openSqliteStore({ directory: restored, auditWriter: 'gateway-1' });
    expect(await again.audit.eraseAgain(erased)).toBe(301);
    expect(await again.audit.scrub()).toBe(true);
    expect(filesWith(restored, name)).toEqual([]);
    expect(await again.audit.verify()).toMatchObject({ records: 302, problems: [] });
    await again.close();
  });
});
