import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '#platform';
import { openSqliteStore, type Store } from '#store';
import { OwnerlessThings } from './ownerless-things.js';

describe(OwnerlessThings.name, () => {
  const pair = { id: '6f9619ff-8b86-4011-b42d-00c04fc964ff', keyIdentifier: 'aa', publicKey: 'AA==', dateCreated: 1 };
  let directory = '';
  let store: Store;
  let lines: string[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-ownerless-'));
    store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
    const credential = { id: 'genesys-cloud', encryptedKey: 'CRYPT:', createdAt: '2026-01-01', createdBy: 'alice' };
    await store.localKeyManager.register({ credential });
    await store.localKeyManager.addKeyPair(pair);
    lines = [];
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const start = async (): Promise<void> => {
    const logger = createLogger('test', 'test', 'info', { write: line => lines.push(line) });
    await new OwnerlessThings(store.localKeyManager, store.audit, logger).onApplicationBootstrap();
  };
  const events = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { event } of store.audit.query()) found.push(event);
    return found.filter(event => event.startsWith('local-key-manager'));
  };

  it('gives the only contact center what belongs to none, once, and writes it down', async () => {
    await store.contactCenters.put({ id: 'only', name: 'A' });
    await start();
    await start();
    expect(await store.localKeyManager.credentials({ owner: 'only' })).toHaveLength(1);
    expect(await store.localKeyManager.keyPair(pair.id, 'only')).toEqual({ ...pair, contactCenter: 'only' });
    expect(lines).toEqual([expect.stringContaining('only contact center')]);
    expect(await events()).toEqual(['local-key-manager-assigned']);
  });

  it('says at every start what belongs to none, where there are several contact centers', async () => {
    for (const id of ['one', 'two']) await store.contactCenters.put({ id, name: id });
    await start();
    await start();
    expect(await store.localKeyManager.credentials({ owner: undefined })).toHaveLength(1);
    expect(lines).toHaveLength(2);
    for (const part of ['genesys-cloud', pair.id, 'rcsctl lkm assign']) expect(lines[0]).toContain(part);
    expect(await events()).toEqual([]);
  });
});
