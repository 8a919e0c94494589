import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupSqliteStore, openSqliteStore } from '#store';
import { monthAgo, PastAudit } from '#test/audit/past-audit.js';
import { backUpCheckpoints } from './backup-checkpoints.js';
import { verifyLog } from './verify-log.js';

describe(backUpCheckpoints.name, () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-backup-checkpoints-'));
  let past: PastAudit;
  beforeAll(async () => {
    past = await PastAudit.create(work);
    await past.gateway('gateway-1', monthAgo(2), 5);
  });
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  async function problemsOf(directory: string): Promise<readonly string[]> {
    const store = await openSqliteStore({ directory, auditWriter: 'rcsctl' });
    try {
      const { result, found, judged } = await verifyLog(store.audit, { store: directory, ca: past.caFile });
      found.close();
      return [...judged.problems, ...result.problems].map(({ kind }) => kind);
    } finally {
      await store.close();
    }
  }

  it('lets a backup be proved by itself, whatever gateways have signed since, and had not written yet', async () => {
    const target = join(work, 'backup');
    await backupSqliteStore(past.store, target);
    expect(await problemsOf(target)).toEqual(['not-in-file']);
    await past.gateway('gateway-2', monthAgo(1), 5);
    const file = join(work, 'elsewhere.jsonl');
    const lines = readFileSync(join(past.store, 'audit-checkpoints.jsonl'), 'utf8').split('\n');
    const witness = JSON.stringify({ countersigned: 'ab', countersignature: 'e30..' });
    writeFileSync(file, [...lines.toSpliced(1, 1), witness, ''].join('\n'));
    const [copied] = await backUpCheckpoints(file, target);
    expect(copied?.file).toBe(join(target, 'audit-checkpoints.jsonl'));
    expect(await problemsOf(target)).toEqual([]);
    expect(readFileSync(copied!.file, 'utf8')).toContain(witness);
  });

  it('copies whole lines, and nothing of one that a gateway is writing', async () => {
    const target = join(work, 'while-writing');
    const file = join(work, 'being-written.jsonl');
    await backupSqliteStore(past.store, target);
    const lines = readFileSync(join(past.store, 'audit-checkpoints.jsonl'), 'utf8');
    writeFileSync(file, `${lines}${lines.slice(0, 40)}`);
    const [copied] = await backUpCheckpoints(file, target);
    expect(readFileSync(copied!.file, 'utf8')).toBe(lines);
    expect(await problemsOf(target)).toEqual([]);
    const ended = join(work, 'ended');
    await backupSqliteStore(past.store, ended);
    writeFileSync(file, lines.trimEnd());
    const [whole] = await backUpCheckpoints(file, ended);
    expect(readFileSync(whole!.file, 'utf8')).toBe(lines);
  });

  it('says what of the backup is whole where the file cannot be copied', async () => {
    const target = join(work, 'part');
    const databases = await backupSqliteStore(past.store, target);
    const file = join(work, 'directory.jsonl');
    mkdirSync(file);
    const names = databases.map(one => one.file).join(', ');
    const said = expect.stringContaining(`; whole, and left there: ${names}`) as string;
    await expect(backUpCheckpoints(file, target, databases)).rejects.toMatchObject({ message: said });
    expect(databases.length).toBeGreaterThan(1);
  });

  it('adds nothing where there is no checkpoint file', async () => {
    expect(await backUpCheckpoints(join(work, 'nowhere.jsonl'), join(work, 'backup'))).toEqual([]);
  });
});
