import { execFile } from 'node:child_process';
import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { Browser, header, json } from './browser.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

jest.setTimeout(180_000);

type AuditLine = Readonly<Record<string, unknown>>;

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-audit-'));
let cluster: RunningCluster;
let curlClient: CurlClient;

beforeAll(async () => {
  cluster = await startCluster(repository, join(work, 'data'), { RCS_AUDIT__CHECKPOINT_INTERVAL_MS: '200' });
  curlClient = new CurlClient(cluster, work);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const asOps = () => curlClient.asOps();
const audit = (query: string, ...as: string[]) => curl(...as, `${cluster.ready.gateway}/rcs/audit${query}`);
const demo = () => cluster.ready.recordings[0] ?? { id: '', playPath: '' };
const store = () => join(cluster.ready.dataDir, 'store');

async function records(query: string): Promise<AuditLine[]> {
  const answer = await audit(query, ...asOps());
  expect(answer.status).toBe(200);
  return json(answer)['records'] as AuditLine[];
}

/** Waits until a record of the request is there: the ends of playbacks are written a moment later. */
async function eventually(event: string, requestId: string): Promise<AuditLine> {
  for (let tries = 0; tries < 600; tries++) {
    const found = (await records('?order=newest-first&limit=200')).find(
      record => record['event'] === event && record['requestId'] === requestId,
    );
    if (found !== undefined) return found;
    await delay(100);
  }
  throw new Error(`no ${event} of ${requestId} was recorded`);
}

interface CommandResult {
  readonly status: number;
  readonly output: string;
}

function rcsctl(...args: string[]): Promise<CommandResult> {
  return new Promise(resolve => {
    const program = [join(repository, 'dist/apps/rcsctl/main.js'), ...args];
    execFile(process.execPath, program, { maxBuffer: 64 * 1024 * 1024, timeout: 120_000 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr });
    });
  });
}

describe('what is recorded', () => {
  it('a playback: who, what, which part, under which certificate, how much', async () => {
    const answer = await curlClient.play(
      demo().playPath,
      '--range',
      '100-299',
      ...header('X-Request-Id', 'audited-playback'),
    );
    expect(answer.status).toBe(206);
    const begun = await eventually('playback', 'audited-playback');
    expect(begun).toMatchObject({
      outcome: 'allowed',
      user: 'alice',
      address: '127.0.0.1',
      recording: demo().id,
      range: 'bytes=100-299',
      contactCenter: cluster.ready.contactCenter,
      envelopeDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      contentProof: 'proved',
    });
    const finished = await eventually('playback-finished', 'audited-playback');
    const alias = cluster.ready.certificates[0]?.alias;
    expect(finished).toMatchObject({
      outcome: 'done',
      bytes: 200,
      certificateAlias: alias,
      mediaFile: begun['mediaFile'],
      detail: expect.stringMatching(/^grants [0-9a-f-]{36}$/) as string,
    });
  });

  it('logins, failed logins and logouts', async () => {
    const browser = new Browser(cluster, work);
    const token = await browser.logIn('carol');
    await browser.send('/api/v2/sessions/current', '-X', 'DELETE', ...header('X-CSRF-TOKEN', token));
    await curl('--cacert', cluster.ready.caFile, '--user', 'carol:wrong', `${cluster.ready.gateway}/api/v2/me`);
    let events: unknown[] = [];
    for (let tries = 0; tries < 100 && events.length < 3; tries++) {
      events = (await records('?user=carol&order=newest-first')).map(record => record['event']);
      await delay(50);
    }
    expect(events).toEqual(expect.arrayContaining(['login', 'logout', 'login-failed']));
  });

  it('what known users were refused', async () => {
    const id = ['--header', 'X-Request-Id: refused-request'];
    const url = `${cluster.ready.gateway}/rcs/audit`;
    expect((await curl(...curlClient.asUser('carol'), ...id, url)).status).toBe(403);
    expect(await eventually('request-refused', 'refused-request')).toMatchObject({ user: 'carol', outcome: 'refused' });
    const play = [...curlClient.asUser('carol'), '--header', 'X-Request-Id: refused-playback'];
    expect((await curl(...play, curlClient.playUrl(demo().playPath))).status).toBe(403);
    expect(await eventually('playback-refused', 'refused-playback')).toMatchObject({
      user: 'carol',
      recording: demo().id,
    });
  });

  it('that somebody read it', async () => {
    await audit('?user=alice', ...asOps(), '--header', 'X-Request-Id: audit-reader-1');
    expect(await eventually('audit-read', 'audit-reader-1')).toMatchObject({
      user: 'operations',
      detail: '{"user":"alice","limit":100}',
    });
  });
});

describe('reading it', () => {
  it('page after page gives every record once', async () => {
    const until = new Date().toISOString();
    const seen: AuditLine[] = [];
    let cursor = '';
    do {
      const answer = json(await audit(`?to=${until}&limit=5${cursor}`, ...asOps()));
      seen.push(...(answer['records'] as AuditLine[]));
      const next = answer['nextCursor'];
      cursor = typeof next === 'string' ? `&cursor=${next}` : '';
    } while (cursor !== '');
    expect(seen.length).toBeGreaterThan(5);
    expect(new Set(seen.map(record => `${String(record['writer'])} ${String(record['sequence'])}`)).size).toBe(
      seen.length,
    );
    const exported = await audit(`/export?to=${until}`, ...asOps());
    expect(exported.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
    const lines = exported.body
      .toString()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as AuditLine);
    expect(lines).toEqual(seen);
  });

  it('an administrator sees the own contact center, agents see nothing', async () => {
    const answer = await audit('?limit=1000', ...curlClient.asUser('alice'));
    expect(answer.status).toBe(200);
    const seen = json(answer)['records'] as AuditLine[];
    expect(new Set(seen.map(record => record['contactCenter']))).toEqual(new Set([cluster.ready.contactCenter]));
    expect((await audit('', ...curlClient.asUser('carol'))).status).toBe(403);
    expect((await audit('/export', ...curlClient.asUser('carol'))).status).toBe(403);
    expect((await audit('', '--cacert', cluster.ready.caFile)).status).toBe(401);
  });

  it.each(['from=yesterday', 'limit=0', 'limit=9999', 'cursor=x', 'cursor=W10', 'order=x', 'nonsense=1', 'user='])(
    '%s is refused, by name',
    async parameter => {
      const answer = await audit(`?${parameter}`, ...asOps());
      expect(answer.status).toBe(400);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.body.toString()).toContain(parameter.split('=')[0]);
    },
  );

  it('on the command line', async () => {
    const listed = await rcsctl('audit', 'list', '--store', store(), '--recording', demo().id, '--limit', '3');
    expect(listed.status).toBe(0);
    expect(listed.output.trimEnd().split('\n')).toHaveLength(3);
    const exported = await rcsctl('audit', 'export', '--store', store(), '--user', 'alice');
    const users = exported.output
      .trimEnd()
      .split('\n')
      .map(line => (JSON.parse(line) as AuditLine)['user']);
    expect(new Set(users)).toEqual(new Set(['alice']));
  });
});

it('nothing plays and nobody gets in while it cannot be written', async () => {
  const database = new Database(join(store(), 'audit.sqlite'));
  database.pragma('busy_timeout = 30000');
  database.exec('BEGIN IMMEDIATE');
  try {
    const answer = await curlClient.play(demo().playPath);
    expect([answer.status, answer.headers['content-type']]).toEqual([503, 'application/json; charset=utf-8']);
    expect(json(answer)).toMatchObject({ statusCode: 4 });
    const browser = new Browser(cluster, work);
    expect((await browser.send('/api/v2/sessions', '-X', 'POST', ...curlClient.asUser('bob').slice(2))).status).toBe(
      503,
    );
  } finally {
    database.exec('ROLLBACK');
    database.close();
  }
  let status = 0;
  for (let tries = 0; tries < 100 && status !== 200; tries++) {
    status = (await curlClient.play(demo().playPath)).status;
    if (status !== 200) await delay(200);
  }
  expect(status).toBe(200);
});

describe('rcsctl audit verify, after the cluster has stopped', () => {
  const verify = (...options: string[]) => rcsctl('audit', 'verify', '--store', store(), ...options);
  const withCheckpoints = () => ['--ca', caFile];
  let caFile = '';

  beforeAll(async () => {
    caFile = join(work, 'ca.pem');
    writeFileSync(caFile, readFileSync(cluster.ready.caFile));
    await cluster.stop();
  });

  function tamper(sql: string): void {
    const database = new Database(join(store(), 'audit.sqlite'));
    const triggers = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
      .pluck()
      .all() as string[];
    for (const trigger of triggers) database.exec(`DROP TRIGGER IF EXISTS ${trigger}`);
    database.exec(sql);
    database.close();
  }

  it('finds nothing wrong, and compares with what the gateway signed', async () => {
    const result = await verify('--json', ...withCheckpoints());
    expect(result.status).toBe(0);
    const { problems, checkpoints } = JSON.parse(result.output) as {
      problems: unknown[];
      checkpoints: { compared: number; refused: unknown[] };
    };
    expect([problems, checkpoints.refused]).toEqual([[], []]);
    expect(checkpoints.compared).toBeGreaterThan(1);
  });

  it('finds that the last record was cut off', async () => {
    const end = "(SELECT writer, max(sequence) FROM audit_record WHERE writer LIKE 'playback-gateway%')";
    tamper(`DELETE FROM audit_record WHERE (writer, sequence) = ${end}`);
    expect(await verify('--without-checkpoints')).toMatchObject({ status: 0 });
    const result = await verify(...withCheckpoints());
    expect([result.status, result.output]).toEqual([1, expect.stringMatching(/^\S+ +\d+ +truncated  /m)]);
  });

  it('finds a checkpoint that no gateway signed', async () => {
    const file = join(work, 'forged.jsonl');
    const [line = ''] = readFileSync(join(store(), 'audit-checkpoints.jsonl'), 'utf8').split('\n');
    writeFileSync(file, line.replace('number 1\\n', 'number 2\\n'));
    const result = await verify('--checkpoints', file, ...withCheckpoints());
    expect([result.status, result.output]).toEqual([
      1,
      expect.stringContaining(`refused: line 1 of ${file}: its signature`),
    ]);
  });

  it('finds a changed record', async () => {
    tamper(
      "UPDATE audit_record SET personal = replace(personal, 'alice', 'nobody') WHERE record LIKE '%audited-playback%'",
    );
    const result = await verify('--without-checkpoints');
    expect([result.status, result.output]).toEqual([1, expect.stringMatching(/^\S+ +\d+ +hash-mismatch  /m)]);
  });
});
