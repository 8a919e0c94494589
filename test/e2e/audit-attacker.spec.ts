import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { startCluster } from '#test/cluster/running-cluster.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-audit-attacker-'));
const caFile = join(work, 'ca.pem');
/** Every option says all it needs. */
const noConfiguration = join(work, 'no-such-configuration.yaml');
const intervalMs = 200;
/** What a process promises its next checkpoint for: ten intervals and the grace. */
const promiseMs = 10 * intervalMs + 10_000;
let stoppedAt = 0;
/** What no writer of the store can reach. */
const witnesses = [
  ['the journal of a vault', join(work, 'data', 'key-vault', 'key-uses.jsonl')],
  ['the log of the gateway', join(work, 'data', 'logs', 'playback-gateway.log')],
] as const;

interface Problem {
  readonly kind: string;
}

interface Verification {
  readonly status: number;
  /** Kinds, of records and of checkpoints. */
  readonly kinds: readonly string[];
  readonly refused: readonly unknown[];
}

/** Two runs of the cluster, so that the second has the first one's chains in its keeping. */
beforeAll(async () => {
  for (let run = 0; run < 2; run++) {
    const cluster = await startCluster(repository, join(work, 'data'), {
      RCS_AUDIT__CHECKPOINT_INTERVAL_MS: String(intervalMs),
    });
    const stranger = new CurlClient(cluster, work);
    for (let play = 0; play < 5; play++) {
      expect((await stranger.play(cluster.ready.recordings[0]?.playPath ?? '')).status).toBe(200);
      await delay(intervalMs);
    }
    writeFileSync(caFile, readFileSync(cluster.ready.caFile));
    await cluster.stop();
  }
  stoppedAt = Date.now();
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

/** What an attacker has who can write the store: a copy, so that each attack begins anew. */
class StolenStore {
  readonly directory = mkdtempSync(join(work, 'stolen-'));

  constructor() {
    cpSync(join(work, 'data', 'store'), this.directory, { recursive: true });
  }

  get checkpointLines(): string[] {
    return readFileSync(this.checkpointFile, 'utf8')
      .split('\n')
      .filter(line => line.includes('"checkpoint"'));
  }

  set checkpointLines(lines: readonly string[]) {
    writeFileSync(this.checkpointFile, lines.map(line => `${line}\n`).join(''));
  }

  run(...statements: string[]): void {
    const database = new Database(join(this.directory, 'audit.sqlite'));
    const triggers = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
      .pluck()
      .all() as string[];
    for (const trigger of triggers) database.exec(`DROP TRIGGER ${trigger}`);
    for (const statement of statements) database.exec(statement);
    database.close();
  }

  /** Everything after the checkpoint of this number is gone, as if it had never been. */
  goBackTo(number: number): void {
    this.run(`DELETE FROM audit_checkpoint WHERE number > ${number}`);
    this.checkpointLines = this.checkpointLines.filter(line => numberOf(line) <= number);
    const sizes = new Map<string, number>();
    for (const line of this.checkpointLines) {
      for (const [, writer = '', size = ''] of noteOf(line).matchAll(/^head (\S+) (\d+) /gm)) {
        sizes.set(writer, Number(size));
      }
    }
    const writers = [...sizes.keys()].map(writer => `'${writer}'`).join(', ');
    this.run(
      `DELETE FROM audit_record WHERE writer NOT IN (${writers})`,
      ...[...sizes].map(
        ([writer, size]) => `DELETE FROM audit_record WHERE writer = '${writer}' AND sequence >= ${size}`,
      ),
    );
  }

  async verify(...options: string[]): Promise<Verification> {
    const command = ['audit', 'verify', '--json', '--store', this.directory, '--ca', caFile, ...options];
    const { status, stdout } = await rcsctl(noConfiguration, ...command);
    const result = JSON.parse(stdout) as {
      problems: Problem[];
      checkpoints: { problems: Problem[]; refused: unknown[] };
    };
    const kinds = [...result.problems, ...result.checkpoints.problems].map(({ kind }) => kind);
    return { status, kinds: [...new Set(kinds)], refused: result.checkpoints.refused };
  }

  private get checkpointFile(): string {
    return join(this.directory, 'audit-checkpoints.jsonl');
  }
}

const noteOf = (line: string): string => (JSON.parse(line) as { checkpoint: string }).checkpoint;
const numberOf = (line: string): number => Number(/^number (\d+)$/m.exec(noteOf(line))?.[1]);
const lastGateway =
  "(SELECT writer FROM audit_record WHERE writer LIKE 'playback-gateway%' ORDER BY time DESC LIMIT 1)";
const firstGateway = "(SELECT writer FROM audit_record WHERE writer LIKE 'playback-gateway%' ORDER BY time LIMIT 1)";

describe('rcsctl audit verify, of a store in the hands of somebody who writes it', () => {
  it('finds nothing in one that nobody touched', async () => {
    expect(await new StolenStore().verify()).toEqual({ status: 0, kinds: [], refused: [] });
  });

  it.each([
    [
      'the last record',
      `DELETE FROM audit_record WHERE writer = ${lastGateway} AND sequence =
      (SELECT max(sequence) FROM audit_record WHERE writer = ${lastGateway})`,
      'truncated',
    ],
    [
      'the last record of a process that ended before',
      `DELETE FROM audit_record WHERE writer = ${firstGateway} AND
      sequence = (SELECT max(sequence) FROM audit_record WHERE writer = ${firstGateway})`,
      'truncated',
    ],
    ['all records', 'DELETE FROM audit_record', 'vanished'],
    ['a whole writer', `DELETE FROM audit_record WHERE writer = ${lastGateway}`, 'vanished'],
    ['a genesis record', `DELETE FROM audit_record WHERE writer = ${lastGateway} AND sequence = 0`, 'missing'],
    ['all checkpoints of the store', 'DELETE FROM audit_checkpoint', 'not-in-store'],
    ['one checkpoint of the store', 'DELETE FROM audit_checkpoint WHERE number = 2', 'not-in-store'],
  ])('finds that %s is gone', async (_what, statement, kind) => {
    const store = new StolenStore();
    store.run(statement);
    expect(await store.verify()).toMatchObject({ status: 1, kinds: expect.arrayContaining([kind]) as string[] });
  });

  it.each<[string, (lines: string[]) => string[], string]>([
    ['its end', lines => lines.slice(0, -1), 'not-in-file'],
    ['its start', lines => lines.slice(1), 'not-in-file'],
    ['a line of it', lines => lines.toSpliced(2, 1), 'not-in-file'],
    ['all of it', () => [], 'not-in-file'],
  ])('finds that the checkpoint file lost %s', async (_what, change, kind) => {
    const store = new StolenStore();
    store.checkpointLines = change(store.checkpointLines);
    expect(await store.verify()).toMatchObject({ status: 1, kinds: [kind] });
  });

  it('finds a line of the checkpoint file that was changed', async () => {
    const store = new StolenStore();
    store.checkpointLines = store.checkpointLines.map(line => line.replace('number 3\\n', 'number 4\\n'));
    const { status, refused } = await store.verify();
    expect([status, refused]).toEqual([1, [expect.objectContaining({ reason: 'its signature is wrong' })]]);
  });

  it('finds checkpoints that are gone from the store and from the file', async () => {
    const store = new StolenStore();
    store.run('DELETE FROM audit_checkpoint WHERE number = 3');
    store.checkpointLines = store.checkpointLines.filter(line => numberOf(line) !== 3);
    expect(await store.verify()).toMatchObject({ status: 1, kinds: expect.arrayContaining(['missing']) as string[] });
  });

  it('finds that everything is gone', async () => {
    const store = new StolenStore();
    store.run('DELETE FROM audit_record', 'DELETE FROM audit_checkpoint');
    store.checkpointLines = [];
    expect(await store.verify()).toEqual({ status: 1, kinds: ['none'], refused: [] });
  });

  it('finds that everything was set back to a moment at which the gateway ran', async () => {
    const store = new StolenStore();
    const last = Math.max(...store.checkpointLines.map(numberOf));
    store.goBackTo(last - 1);
    await delay(Math.max(0, stoppedAt + promiseMs - Date.now()));
    expect(await store.verify()).toEqual({ status: 1, kinds: ['unsealed'], refused: [] });
  });

  it.each(witnesses)(
    'finds with %s that everything was set back to the end of an earlier process',
    async (_what, witness) => {
      const store = new StolenStore();
      const closed = store.checkpointLines.find(line => noteOf(line).includes('\nstate closed\n')) ?? '';
      store.goBackTo(numberOf(closed));
      expect(await store.verify()).toEqual({ status: 0, kinds: [], refused: [] });
      const { status, kinds } = await store.verify('--witness', witness);
      expect([status, [...kinds].sort()]).toEqual([1, ['not-in-file', 'not-in-store', 'vanished']]);
    },
  );

  it('finds with the journal of a vault that everything is gone', async () => {
    const store = new StolenStore();
    store.run('DELETE FROM audit_record', 'DELETE FROM audit_checkpoint');
    rmSync(join(store.directory, 'audit-checkpoints.jsonl'));
    const { status, kinds } = await store.verify('--witness', join(work, 'data', 'key-vault', 'key-uses.jsonl'));
    expect([status, [...kinds].sort()]).toEqual([1, ['not-in-file', 'not-in-store', 'vanished']]);
  });

  it('finds nothing in a store of which all that is asked is the chains themselves', async () => {
    const store = new StolenStore();
    store.run('DELETE FROM audit_record');
    const command = ['audit', 'verify', '--store', store.directory];
    expect(await rcsctl(noConfiguration, ...command, '--without-checkpoints')).toMatchObject({ status: 0 });
    expect(await rcsctl(noConfiguration, ...command)).toMatchObject({ status: 1 });
  });
});
