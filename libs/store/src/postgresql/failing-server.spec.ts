import { setTimeout } from 'node:timers/promises';
import { PostgresqlServer, superuser } from '#test/postgresql/postgresql-server.js';
import type { Store } from '../store.js';
import { collect } from '../testing/collect.js';
import { exampleRecording } from '../testing/example-recording.js';
import { openPostgresqlStore } from './open-postgresql-store.js';

const playback = { event: 'playback', outcome: 'allowed' } as const;

describe('a server that fails', () => {
  let server: PostgresqlServer;
  const open: { close(): Promise<void> }[] = [];
  const hosts: { host: string; port: number }[] = [];

  beforeEach(async () => {
    server = await PostgresqlServer.start();
    await server.execute('CREATE DATABASE rcs');
    hosts.splice(0, hosts.length, { host: '127.0.0.1', port: server.port });
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map(one => one.close()));
    await server.stop();
  });

  async function opened(deadlineMs: number): Promise<Store> {
    const store = await openPostgresqlStore({
      ...{ hosts: [...hosts], database: 'rcs', ...superuser },
      ...{
        connectTimeoutMs: deadlineMs,
        deadlineMs,
        maxConnections: 5,
        applicationName: 'tests',
        auditWriter: 'gateway-1',
      },
    });
    open.push(store);
    return store;
  }

  it('is waited for while it starts again, and no acknowledged record is missing after a crash', async () => {
    const store = await opened(60_000);
    await store.recordings.insert(exampleRecording);
    const acknowledged = new Set<string>();
    let appending = true;
    const append = async (): Promise<void> => {
      while (appending) acknowledged.add((await store.audit.append(playback)).hash);
    };
    const appends = Promise.all(Array.from({ length: 8 }, append));
    while (acknowledged.size < 20) await setTimeout(10);
    await server.halt('SIGQUIT');
    const found = store.recordings.find(exampleRecording.id);
    const before = acknowledged.size;
    await server.run();
    expect(await found).toEqual(exampleRecording);
    while (acknowledged.size < before + 20) await setTimeout(10);
    appending = false;
    await appends;
    const stored = (await collect(store.audit.query())).map(({ hash }) => hash);
    expect([...acknowledged].filter(hash => !stored.includes(hash))).toEqual([]);
    expect(new Set(stored).size).toBe(stored.length);
    expect((await store.audit.verify()).problems).toEqual([]);
  });

  it('is refused within the deadline, with the time to come again, and used as soon as it is back', async () => {
    const store = await opened(2000);
    await server.halt();
    const away = { code: 'RCS_STORE_UNAVAILABLE', retryAfterMs: 1000 };
    await expect(store.recordings.find('any')).rejects.toMatchObject(away);
    await expect(store.check()).rejects.toThrow();
    await expect(store.audit.append(playback)).rejects.toMatchObject({
      code: 'RCS_AUDIT_UNAVAILABLE',
      retryAfterMs: 1000,
    });
    await server.run();
    expect(await store.recordings.insert(exampleRecording)).toBe('created');
    await store.audit.append(playback);
    expect((await store.audit.verify()).problems).toEqual([]);
  });

  it('is left for a standby that was promoted', async () => {
    const standby = await server.standby();
    try {
      await server.execute(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
      await server.execute('SELECT pg_reload_conf()');
      hosts.unshift({ host: '127.0.0.1', port: standby.port });
      const store = await opened(60_000);
      await store.recordings.insert(exampleRecording);
      const acknowledged = [await store.audit.append(playback), await store.audit.append(playback)];
      await server.halt('SIGQUIT');
      const next = store.audit.append(playback);
      standby.promote();
      await standby.execute('ALTER SYSTEM RESET synchronous_standby_names');
      await standby.execute('SELECT pg_reload_conf()');
      acknowledged.push(await next);
      expect(await store.recordings.find(exampleRecording.id)).toEqual(exampleRecording);
      const stored = await collect(store.audit.query());
      expect(stored).toEqual(expect.arrayContaining(acknowledged));
      expect((await store.audit.verify()).problems).toEqual([]);
    } finally {
      await standby.stop();
    }
  });

  it('is no server to write to while it is a standby', async () => {
    const standby = await server.standby();
    try {
      hosts.splice(0, 1, { host: '127.0.0.1', port: standby.port });
      await expect(opened(20_000)).rejects.toThrow(
        /is read-only: a standby: name the server that may be written in store\.postgresql\.hosts/,
      );
    } finally {
      await standby.stop();
    }
  });
});
