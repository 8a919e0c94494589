import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditCheckpointSigner, digestOfHeads, type CheckpointContent } from '#grants';
import { openSqliteStore, type AuditHead, type Store } from '#store';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { NamedHeads } from './named-heads.js';

const head = (writer: string, size: number): AuditHead => ({
  writer,
  size,
  hash: Buffer.from(`${writer} ${size}`).toString('hex').padEnd(64, '0').slice(0, 64),
  root: '1'.repeat(64),
});

describe(NamedHeads.name, () => {
  let signer: AuditCheckpointSigner;
  let store: Store;
  let directory: string;
  let heads: Map<string, AuditHead>;
  let number: number;

  beforeAll(async () => {
    signer = new AuditCheckpointSigner(await (await InternalAuthority.create()).issue('playback-gateway'));
  });
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-named-heads-'));
    store = await openSqliteStore({ directory, auditWriter: 'test' });
    heads = new Map();
    number = 0;
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  /** The next checkpoint; it names these heads, or all. */
  async function sign(named: readonly AuditHead[], all = false, change: Partial<CheckpointContent> = {}) {
    for (const one of named) heads.set(one.writer, one);
    const { digest, note } = signer.sign({
      writer: 'gateway',
      size: 0,
      root: '0'.repeat(64),
      number: ++number,
      state: 'running',
      time: new Date().toISOString(),
      next: new Date().toISOString(),
      writers: heads.size,
      headsDigest: digestOfHeads([...heads.values()]),
      heads: all ? [...heads.values()] : named,
      ...change,
    });
    await store.audit.addCheckpoint({ number, writer: 'gateway', digest, note });
  }

  it('are none before the first checkpoint, which names all', async () => {
    const named = await NamedHeads.in(store.audit);
    expect([named.has(head('a', 1)), named.areOld([head('a', 1)])]).toEqual([false, true]);
  });

  it('are what the last ones said, from one that names all on', async () => {
    await sign([head('a', 1), head('b', 1)]);
    await sign([head('a', 2)]);
    await sign([head('c', 5)]);
    const named = await NamedHeads.in(store.audit);
    expect([head('a', 2), head('b', 1), head('c', 5)].map(one => named.has(one))).toEqual([true, true, true]);
    expect([head('a', 1), head('a', 3), head('d', 1)].map(one => named.has(one))).toEqual([false, false, false]);
    expect(named.areOld([...heads.values()])).toBe(false);
    named.note([head('a', 3)]);
    expect(named.has(head('a', 3))).toBe(true);
  });

  it('are unknown where checkpoints do not fit together, or cannot be read', async () => {
    await sign([head('a', 1), head('b', 1)]);
    await sign([head('a', 2)], false, { headsDigest: 'f'.repeat(64) });
    expect((await NamedHeads.in(store.audit)).areOld([])).toBe(true);
    await sign([], true);
    expect((await NamedHeads.in(store.audit)).has(head('b', 1))).toBe(true);
    await store.audit.addCheckpoint({ number: ++number, writer: 'x', digest: 'x', note: 'no note' });
    expect((await NamedHeads.in(store.audit)).has(head('b', 1))).toBe(false);
  });

  it('are to be named all again after a thousand checkpoints, where they have room in one', async () => {
    await sign([head('a', 1), head('b', 1)]);
    for (let count = 2; count <= 999; count++) await sign([head('a', count)]);
    expect((await NamedHeads.in(store.audit)).areOld([...heads.values()])).toBe(false);
    await sign([head('a', 1000)]);
    const named = await NamedHeads.in(store.audit);
    expect(named.areOld([...heads.values()])).toBe(true);
    const many = Array.from({ length: 2000 }, (_, index) => head(`gateway-${index}`, 1));
    expect(named.areOld(many)).toBe(false);
    await sign([head('a', 1001)]);
    expect((await NamedHeads.in(store.audit)).has(head('b', 1))).toBe(true);
  });
});
