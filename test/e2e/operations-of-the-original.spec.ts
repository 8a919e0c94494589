import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { curl, type CurlAnswer } from './external-tools.js';
import { certificateSteps } from './original-operations/certificate-steps.js';
import { labelAndSettingSteps } from './original-operations/label-and-setting-steps.js';
import { lastSteps } from './original-operations/last-steps.js';
import { recordingSteps } from './original-operations/recording-steps.js';
import { Walk, type Ask, type Steps } from './original-operations/walk.js';

jest.setTimeout(240_000);

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Asked of the gateway that wants the token of a session. */
  readonly csrf?: boolean;
  /** Each has to be seen, and no other may be. */
  readonly answers: readonly string[];
}

const { operations } = JSON.parse(
  readFileSync(join(__dirname, '../fixtures/operations-of-the-original.json'), 'utf8'),
) as { operations: readonly Operation[] };
const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-operations-'));
let cluster: RunningCluster;
let tokenAsking: SecondGateway;
let walk: Walk;

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
  // The quickstart lets curl pass without tokens.
  const environment = {
    RCS_SERVER_SETTINGS__ENABLE_CSRF_PROTECTION: 'true',
    RCS_SERVER_SETTINGS__CSRF_EXEMPTIONS: '[]',
  };
  tokenAsking = await startSecondGateway(repository, cluster.ready, environment, 'token-asking-gateway');
  walk = await Walk.begin(cluster, work, tokenAsking.url);
});

afterAll(async () => {
  await tokenAsking?.stop();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const stepsOf = (of: Walk): Steps => ({
  ...certificateSteps(of),
  ...recordingSteps(of),
  ...labelAndSettingSteps(of),
  ...lastSteps(of),
});
/** Their names alone: there is no walk yet. */
const names = Object.keys(stepsOf({} as Walk));

/** As the table has it: with the statusCode of the body where one is described, or the beginning of an answer that is in no table. */
function spelled({ status, body }: CurlAnswer, answers: readonly string[]): string {
  const text = body.toString('utf8', 0, 100_000);
  const [, statusCode] = /^\{.*"statusCode":(\d+)/s.exec(text) ?? [];
  const spellings = [`${status}/${statusCode}`, String(status)];
  return spellings.find(spelling => answers.includes(spelling)) ?? `${spellings[0]}: ${text.slice(0, 300)}`;
}

function asking({ method, path, csrf = false, answers }: Operation, seen: Set<string>): Ask {
  return async (values = {}, { who = walk.client.asUser('alice'), json, options = [] } = {}) => {
    const filled = path.replace(/\{(\w+)\}/g, (_, key: string) =>
      key === 'query' ? (values[key] ?? '') : encodeURIComponent(values[key] ?? ''),
    );
    const file = walk.client.file('asked.json');
    if (json !== undefined) writeFileSync(file, JSON.stringify(json));
    const body = ['--header', 'Content-Type: application/json', '--data-binary', `@${file}`];
    const sent = [...who, '--request', method, ...(json === undefined ? [] : body), ...options];
    const answer = await curl(...sent, `${csrf ? walk.protectedGateway : walk.ready.gateway}${filled}`);
    seen.add(spelled(answer, answers));
    return answer;
  };
}

it('has a step for every operation, and none for others', () => {
  expect([...names].sort()).toEqual(operations.map(({ name }) => name).sort());
});

describe('curl walks every operation that is known of the original', () => {
  it.each(names)('%s', async name => {
    const operation = operations.find(one => one.name === name);
    if (operation === undefined) throw new Error(`the table has no ${name}`);
    const seen = new Set<string>();
    await stepsOf(walk)[name]?.(asking(operation, seen));
    expect([...seen].sort()).toEqual([...operation.answers].sort());
  });
});
