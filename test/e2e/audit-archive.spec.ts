import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { monthAgo, PastAudit } from '#test/audit/past-audit.js';
import { resultOf, rcsctl, startRcsctl, type CommandResult } from './command-line.js';

jest.setTimeout(300_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-audit-archive-'));
const noConfiguration = join(work, 'no-such-configuration.yaml');
const months = [monthAgo(4), monthAgo(3), monthAgo(2)] as const;
const [first, second, third] = months;
/** Of one gateway in each of the first two months, of another in the second and third; the genesis records too. */
const written = 2001 + 901 + 2001;
let past: PastAudit;

beforeAll(async () => {
  past = await PastAudit.create(join(work, 'past'));
  await past.gateway('gateway-1', first, 2000);
  await past.gateway('gateway-2', second, 900);
  await past.gateway('gateway-2', third, 0);
  await past.gateway('gateway-3', third, 2000);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Verification {
  readonly status: number;
  readonly records: number;
  /** Kinds, of records, checkpoints and archives. */
  readonly kinds: readonly string[];
  readonly sealed: readonly { readonly month: string; readonly file: string }[];
}

/** A copy of the store, and a directory for archives. */
class Copy {
  readonly directory = mkdtempSync(join(work, 'copy-'));
  readonly store = join(this.directory, 'store');
  readonly out = join(this.directory, 'archives');

  constructor(of?: Copy) {
    cpSync(of?.store ?? past.store, this.store, { recursive: true });
    if (of === undefined) mkdirSync(this.out);
    else cpSync(of.out, this.out, { recursive: true });
  }

  get files(): string[] {
    return existsSync(this.out)
      ? readdirSync(this.out)
          .filter(name => !name.startsWith('.'))
          .sort()
          .map(name => join(this.out, name))
      : [];
  }

  archiveArguments(until: string, role: 'operator' | 'decrypt-worker' = 'operator'): string[] {
    const seal = ['--operator-certificate', past.fileOf(role, 'pem'), '--operator-key', past.fileOf(role, 'key')];
    const log = ['--store', this.store, '--ca', past.caFile];
    return ['audit', 'archive', ...log, '--until', until, '--out', this.out, ...seal];
  }

  archive(until: string, role: 'operator' | 'decrypt-worker' = 'operator'): Promise<CommandResult> {
    return rcsctl(noConfiguration, ...this.archiveArguments(until, role));
  }

  async verify(...options: string[]): Promise<Verification> {
    const command = ['audit', 'verify', '--json', '--store', this.store, '--ca', past.caFile, ...options];
    const { status, stdout, stderr } = await rcsctl(noConfiguration, ...command);
    if (stdout === '') throw new Error(stderr);
    type Problems = readonly { readonly kind: string }[];
    const result = JSON.parse(stdout) as {
      records: number;
      problems: Problems;
      checkpoints: { problems: Problems };
      archives: { problems: Problems; sealed: Verification['sealed'] };
    };
    const kinds = [...result.problems, ...result.checkpoints.problems, ...result.archives.problems];
    const { records, archives } = result;
    return { status, records, kinds: [...new Set(kinds.map(({ kind }) => kind))], sealed: archives.sealed };
  }

  /** What somebody does who can write the store. */
  tamper(...statements: string[]): void {
    const database = new Database(join(this.store, 'audit.sqlite'));
    const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all();
    for (const trigger of triggers as string[]) database.exec(`DROP TRIGGER ${trigger}`);
    for (const statement of statements) database.exec(statement);
    database.close();
  }
}

let archivedOnce: Promise<Copy> | undefined;

/** A copy of which the first two months are archived. */
async function archived(): Promise<Copy> {
  archivedOnce ??= archivedUntil(second);
  return new Copy(await archivedOnce);
}

async function archivedUntil(until: string): Promise<Copy> {
  const copy = new Copy();
  expect(await copy.archive(until)).toMatchObject({ status: 0, stderr: '' });
  return copy;
}

describe('rcsctl audit archive', () => {
  it('moves whole months into sealed files, and the rest is proved with them and without', async () => {
    const copy = await archived();
    expect(copy.files.map(file => file.slice(copy.out.length + 1))).toEqual([
      `audit-0001-${first}.jsonl`,
      `audit-0002-${second}.jsonl`,
    ]);
    const without = await copy.verify();
    // The last record of each chain stays, and two were added about the archives with the genesis record of their chain.
    expect(without).toMatchObject({ status: 0, kinds: [], records: 1 + 1 + 2001 + 3 });
    expect(without.sealed.map(({ month }) => month)).toEqual([first, second]);
    expect(await copy.verify('--archives', ...copy.files)).toMatchObject({
      status: 0,
      kinds: [],
      records: written + 3,
    });
  });

  it('says without the archives which months lie outside the store, and what seals them', async () => {
    const copy = await archived();
    const command = ['audit', 'verify', '--store', copy.store, '--ca', past.caFile];
    const { status, stdout } = await rcsctl(noConfiguration, ...command);
    expect(status).toBe(0);
    for (const month of [first, second]) {
      expect(stdout).toMatch(
        new RegExp(`to ${month}: \\d+ records lie in archive .*SHA-256.*sealed at .* by .*@.* under`),
      );
    }
  });

  it('has nothing to do the second time, and goes on with later months', async () => {
    const copy = await archivedUntil(first);
    expect((await copy.archive(first)).stdout).toContain('nothing to archive');
    expect((await copy.archive(third)).status).toBe(0);
    expect(copy.files).toHaveLength(3);
    expect(await copy.verify('--archives', ...copy.files)).toMatchObject({ status: 0, kinds: [] });
  });

  it.each([
    ['a month that is not over', () => [monthAgo(0), 'operator'] as const, 'not over yet'],
    ['a seal of somebody who is no operator', () => [first, 'decrypt-worker'] as const, 'not that of an operator'],
  ])('refuses %s', async (_what, given, message) => {
    const copy = new Copy();
    const [until, role] = given();
    const { status, stderr } = await copy.archive(until, role);
    expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect([copy.files, (await copy.verify()).records]).toEqual([[], written]);
  });

  it('archives nothing of a log in which something is wrong', async () => {
    const copy = new Copy();
    copy.tamper("DELETE FROM audit_record WHERE writer = 'gateway-3' AND sequence = 7");
    const { status, stderr } = await copy.archive(first);
    expect([status, stderr, copy.files]).toEqual([1, expect.stringContaining('nothing was archived'), []]);
  });
});

describe('killed', () => {
  const count = (copy: Copy, sql: string): number => {
    const database = new Database(join(copy.store, 'audit.sqlite'), { readonly: true, timeout: 10_000 });
    const value = database.prepare(sql).pluck().get() as number;
    database.close();
    return value;
  };
  const moments: readonly (readonly [string, (copy: Copy) => boolean])[] = [
    ['while the archive is written', copy => readdirSync(copy.out).length > 0],
    ['when the archive is there', copy => copy.files.length > 0],
    ['when the store knows of it', copy => count(copy, 'SELECT count(*) FROM audit_archive') > 0],
    ['while records are removed', copy => count(copy, 'SELECT count(*) FROM audit_record') < written],
    ['between two archives', copy => copy.files.length > 1],
  ];

  it.each(moments)('%s, it has lost nothing and can be run again', async (_when, hasCome) => {
    const copy = new Copy();
    const child = startRcsctl(noConfiguration, ...copy.archiveArguments(third));
    const ended = resultOf(child);
    for (const end = performance.now() + 60_000; child.exitCode === null && !hasCome(copy) && performance.now() < end;)
      await setImmediate();
    child.kill('SIGKILL');
    await ended;
    expect(await copy.verify()).toMatchObject({ status: 0, kinds: [] });
    expect(await copy.archive(third)).toMatchObject({ status: 0, stderr: '' });
    expect(copy.files).toHaveLength(3);
    const after = await copy.verify('--archives', ...copy.files);
    expect(after).toMatchObject({ status: 0, kinds: [], sealed: months.map(month => ({ month })) });
    expect(after.records).toBeGreaterThanOrEqual(written);
  });
});

describe('somebody who writes the store', () => {
  it.each<[string, (copy: Copy) => void, string[]]>([
    [
      'a month that was never archived',
      c => c.tamper("DELETE FROM audit_record WHERE writer = 'gateway-3'"),
      ['vanished'],
    ],
    [
      'a month, and says that it was archived',
      c =>
        c.tamper(
          "DELETE FROM audit_record WHERE writer = 'gateway-3' AND sequence < 2000",
          `INSERT INTO audit_archive SELECT 3, seal, chains FROM audit_archive WHERE number = 2`,
          `INSERT INTO audit_archived_chain SELECT 'gateway-3', 2000, previous.hash, previous.subtrees
           FROM audit_archived_chain AS previous LIMIT 1`,
        ),
      ['missing', 'seal-refused'],
    ],
    ['a seal', c => c.tamper('DELETE FROM audit_archive WHERE number = 2'), ['missing']],
    ['all seals', c => c.tamper('DELETE FROM audit_archive'), ['missing']],
    ['the first seal', c => c.tamper('DELETE FROM audit_archive WHERE number = 1'), ['missing', 'seal-missing']],
    [
      'what stayed of an archived chain',
      c => c.tamper("DELETE FROM audit_record WHERE writer = 'gateway-1'"),
      ['vanished'],
    ],
    [
      'the checkpoint under which was sealed',
      c => c.tamper('DELETE FROM audit_checkpoint WHERE number = (SELECT max(number) FROM audit_checkpoint)'),
      ['not-in-store'],
    ],
    [
      'how far a chain was archived',
      c => c.tamper("UPDATE audit_archive SET chains = '[]' WHERE number = 2"),
      ['seal-refused', 'missing'],
    ],
  ])('is found when they take away %s', async (_what, attack, kinds) => {
    const copy = await archived();
    attack(copy);
    const found = await copy.verify();
    expect([found.status, found.kinds]).toEqual([1, expect.arrayContaining(kinds)]);
  });

  it.each<[string, (file: string) => void, string[]]>([
    ['takes it away', file => rmSync(file), ['archive-missing']],
    ['adds to it', file => appendFileSync(file, '{}\n'), ['archive-changed', 'archive-missing']],
    [
      'changes a record in it',
      file => {
        const text = readFileSync(file, 'utf8');
        rmSync(file);
        appendFileSync(file, text.replace('user-7', 'user-8'));
      },
      ['archive-changed', 'archive-missing'],
    ],
  ])('is found with the archives when somebody %s', async (_what, attack, kinds) => {
    const copy = await archived();
    attack(copy.files[0] ?? '');
    const found = await copy.verify('--archives', ...copy.files);
    expect([found.status, found.kinds]).toEqual([1, expect.arrayContaining(kinds)]);
  });

  it('is found with the archives when they set the store back to before the last archive', async () => {
    const copy = await archivedUntil(first);
    const before = join(copy.directory, 'before');
    cpSync(copy.store, before, { recursive: true });
    expect((await copy.archive(second)).status).toBe(0);
    rmSync(copy.store, { recursive: true });
    cpSync(before, copy.store, { recursive: true });
    const found = await copy.verify('--archives', ...copy.files);
    expect([found.status, found.kinds]).toEqual([1, ['not-in-store']]);
  });
});
