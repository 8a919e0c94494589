import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

jest.setTimeout(60_000);

const run = promisify(execFile);
const work = mkdtempSync(join(tmpdir(), 'rcs-answer-checks-'));

afterAll(() => rmSync(work, { recursive: true, force: true }));

/** What the checks say of a server that answers one request so. */
async function violationsOf(method: string, url: string, reply: string): Promise<string[]> {
  const report = join(work, `${method}-${Date.now()}.jsonl`);
  const program = `
    const fastify = require('fastify')({ exposeHeadRoutes: false });
    fastify.route({ method: '${method}', url: '${url}', handler: (request, reply) => { ${reply} } });
    fastify.inject({ method: '${method}', url: '${url}' });`;
  const env = { ...process.env, ANSWER_REPORT: report };
  await run(process.execPath, ['-e', program], { cwd: join(__dirname, '../..'), env });
  const lines = readFileSync(report, 'utf8').trim().split('\n');
  return lines.flatMap(line => (JSON.parse(line) as { violation?: string }).violation ?? []);
}

const group = `{ accessGroups: [], partitions: [{ path: '/a', members: [] }] }`;

it.each([
  ['GET', '/rcs/access-groups', `reply.send(${group})`, []],
  ['GET', '/rcs/access-groups', `reply.send({ ...${group}, more: 1 })`, [/additional properties.*"more"/]],
  ['GET', '/rcs/access-groups', `reply.send({ partitions: [] })`, [/required property 'accessGroups'/]],
  [
    'GET',
    '/rcs/access-groups',
    `reply.send({ ...${group}, partitions: [{ path: 1, members: [] }] })`,
    [/\/partitions\/\*\/path must be string/],
  ],
  ['GET', '/rcs/access-groups', `reply.code(418).send({})`, [/answered 418, which is not described/]],
  ['GET', '/rcs/access-groups', `reply.type('text/plain').send('x')`, [/as text\/plain, which is not described/]],
  [
    'GET',
    '/rcs/access-groups',
    `reply.code(403).type('application/problem+json').send('{}')`,
    [/required property 'type'/],
  ],
  ['GET', '/rcs/access-groups', `reply.hijack(); reply.raw.writeHead(299); reply.raw.end()`, [/answered 299/]],
  ['DELETE', '/rcs/users/:userName', `reply.code(204).send()`, []],
  ['GET', '/rcs/forgotten', `reply.send({})`, [/GET \/rcs\/forgotten is not described/]],
])('%s %s with %s', async (method, url, reply, expected) => {
  const violations = await violationsOf(method, url, reply);
  expect(violations).toEqual(expected.map(pattern => expect.stringMatching(pattern) as string));
});
