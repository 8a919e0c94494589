import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endingWithUs } from '#platform';
import { personOf, startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { schemathesisProgram } from '#test/schemathesis/schemathesis-program.js';
import { countInTier } from '#test/tier.js';

/** For everybody in turn: all of it is for the long tier, the short one draws the cases that Schemathesis derives from each schema. */
const isLong = countInTier(0, 0, 1) === 1;
const seconds = isLong ? 600 : 40;
const phases = isLong ? 'coverage,fuzzing,stateful' : 'coverage';
const examples = isLong ? '100' : '20';
const seed = process.env.SCHEMATHESIS_SEED ?? (isLong ? String(Date.now() % 1_000_000_000) : '1');
/** What an answer must have; whether a request should have been taken is asked by tests that know what it means. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'response_headers_conformance',
].join(',');

jest.setTimeout((seconds + 120) * 1000);

const run = promisify(execFile);
const repository = join(__dirname, '../..');
const description = join(repository, 'dist/apps/playback-gateway/openapi.json');
const work = mkdtempSync(join(tmpdir(), 'rcs-schemathesis-'));
let cluster: RunningCluster;
let program: string;

beforeAll(async () => {
  program = await schemathesisProgram();
  cluster = await startCluster(repository, join(work, 'data'), {
    RCS_SERVER_SETTINGS__CSRF_EXEMPTIONS: '[{ address: 127.0.0.1 }]',
    RCS_SERVER_SETTINGS__LOGIN_THROTTLING: '{ failuresPerUser: 10000, failuresPerAddress: 100000 }',
  });
  writeFileSync(join(work, 'schemathesis.toml'), namesOfTheCluster());
}, 420_000);

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** Names that exist, so that requests come further than "no such resource". */
function namesOfTheCluster(): string {
  const { contactCenter, recordings, certificates } = cluster.ready;
  const names = {
    id: recordings[0]!.id,
    leaf: recordings[0]!.playPath.split('/').at(-1)!,
    alias: certificates[0]!.alias,
    contactCenter,
    name: 'record',
    userName: 'carol',
  };
  const lines = Object.entries(names).map(([name, value]) => `"path.${name}" = ${JSON.stringify(value)}`);
  return ['[parameters]', ...lines, ''].join('\n');
}

/** How many requests Schemathesis made. @throws Error with what it says when an answer is not as described */
async function generatedRequests(credentials?: { name: string; password: string }): Promise<number> {
  const authentication = credentials === undefined ? [] : ['--auth', `${credentials.name}:${credentials.password}`];
  const options = [
    ...['--config-file', join(work, 'schemathesis.toml'), 'run', description],
    ...['--url', cluster.ready.gateway, '--tls-verify', cluster.ready.caFile, ...authentication],
    ...['--phases', phases, '--checks', checks, '--max-examples', examples, '--no-shrink'],
    ...['--max-time', String(seconds), '--seed', seed, '--request-timeout', '30', '--workers', '1'],
    ...['--no-color', '--warnings', 'off', '--generation-database', 'none'],
  ];
  const limits = { cwd: work, timeout: (seconds + 90) * 1000, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout } = await run(...endingWithUs(program, options), limits);
    return Number(/(\d+) generated, \1 passed/.exec(stdout)?.[1] ?? Number.NaN);
  } catch (error) {
    const { message, stdout = '' } = error as Error & { stdout?: string };
    throw new Error(`seed ${seed}: ${message.slice(0, 500)}\n${stdout.slice(-20_000)}`);
  }
}

// The one who may do least first: the others delete what is there.
it.each(['nobody', 'bob', 'ops', 'alice'])('every answer to %s is one that is described, and no failure', async who => {
  const { ops } = cluster.ready;
  const person = who === 'nobody' ? undefined : who === 'ops' ? ops : personOf(cluster.ready, who);
  expect(await generatedRequests(person)).toBeGreaterThan(500);
});
