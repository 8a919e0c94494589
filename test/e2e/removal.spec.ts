import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-removal-'));
const media = Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt the whole of a call', 'latin1');
let cluster: RunningCluster;
let client: CurlClient;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  client = new CurlClient(cluster, work);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

interface Inserted {
  readonly id: string;
  readonly playPath: string;
}

/** A recording whose media file lies under `file`. */
async function insert(name: string, file = `${name}.wav`, fields: object = {}): Promise<Inserted> {
  await client.put(file, media);
  const mediaFile = { mediaId: file, type: 'audio/wav', parameters: {}, mediaDescriptor: client.stored(file) };
  return { id: client.recordingId(name), playPath: await client.inserted(name, mediaFile, fields) };
}

async function send(method: string, path: string, json?: object, who = client.asUser('alice')) {
  const body =
    json === undefined ? [] : ['-H', 'Content-Type: application/json', '--data-binary', JSON.stringify(json)];
  const answer = await curl(...who, '--request', method, ...body, `${cluster.ready.gateway}${path}`);
  const text = answer.body.toString();
  return { status: answer.status, ...(text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)) };
}

const remove = (id: string, contactCenter = cluster.ready.contactCenter, who = client.asOps()) =>
  send('DELETE', `/api/v2/ops/contact-centers/${contactCenter}/recordings/${id}`, undefined, who);

async function isStored(file: string): Promise<boolean> {
  const { url, user, password } = cluster.ready.webdav;
  const answer = await curl('--user', `${user}:${password}`, '--head', `${url}/${client.stored(file).path}`);
  return answer.status !== 404;
}

describe('a deleted recording', () => {
  it('is gone with its stored file, plays no more, and is not inserted again', async () => {
    const { id, playPath } = await insert('deleted');
    expect((await client.play(playPath)).status).toBe(200);
    expect(await remove(id)).toEqual({ status: 200, statusCode: 0 });
    expect(await remove(id)).toMatchObject({ status: 404, statusCode: 6 });
    expect((await client.play(playPath)).status).toBe(404);
    expect(await send('GET', `/api/v2/recordings/${id}`)).toMatchObject({ status: 404 });
    expect(await isStored('deleted.wav')).toBe(false);
    const again = await client.insert({
      id,
      mediaFiles: [{ mediaId: 'a', type: 'audio/wav', mediaDescriptor: client.stored('a.wav') }],
    });
    expect(again.status).toBe(409);
  });

  it('is deleted by operations accounts alone, under the name of its own contact center', async () => {
    const { id, playPath } = await insert('not-theirs');
    expect(await remove(id, 'another')).toMatchObject({ status: 404 });
    expect(await remove(id, undefined, client.asUser('alice'))).toMatchObject({ status: 403, statusCode: 5 });
    expect(await remove(id, undefined, client.asRecorder())).toMatchObject({ status: 403 });
    expect((await client.play(playPath)).status).toBe(200);
  });

  it('leaves a stored file alone that another recording names', async () => {
    const one = await insert('first-name', 'shared.wav');
    const other = await insert('second-name', 'shared.wav');
    expect((await remove(one.id)).status).toBe(200);
    expect((await client.play(other.playPath)).body).toEqual(media);
    expect((await remove(other.id)).status).toBe(200);
    expect(await isStored('shared.wav')).toBe(false);
  });

  it('has stored files that cannot be removed yet, which operations accounts see and try again', async () => {
    const { id, playPath } = await insert('locked');
    const { url, user, password } = cluster.ready.webdav;
    const target = `${url}/${client.stored('locked.wav').path}`;
    const dav = (...options: string[]) => curl('--user', `${user}:${password}`, ...options, target);
    const lock = `<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>`;
    const locked = await dav('--request', 'LOCK', '-H', 'Content-Type: text/xml', '--data', lock);
    expect(locked.status).toBe(200);
    expect(await remove(id)).toEqual({ status: 202, statusCode: 0 });
    expect((await client.play(playPath)).status).toBe(404);

    const pending = `/api/v2/ops/removals?contactCenter=${cluster.ready.contactCenter}`;
    const file = { recordingId: id, mediaId: 'locked.wav', contactCenter: cluster.ready.contactCenter };
    const listed = { ...file, attempts: 1, reason: expect.stringMatching(/^RCS_/) as string };
    expect(await send('GET', pending, undefined, client.asOps())).toEqual({
      ...{ status: 200, statusCode: 0 },
      storedFiles: [listed],
    });
    const retry = (who = client.asOps()) => send('POST', '/api/v2/ops/removals', { recordingId: id }, who);
    expect(await retry()).toEqual({ status: 200, statusCode: 0, isFinished: false });
    await dav('--request', 'UNLOCK', '-H', `Lock-Token: ${locked.headers['lock-token'] ?? ''}`);
    expect(await retry()).toEqual({ status: 200, statusCode: 0, isFinished: true });
    expect(await isStored('locked.wav')).toBe(false);
    expect((await retry()).status).toBe(404);
    for (const who of [client.asUser('alice'), client.asRecorder()]) {
      expect((await send('GET', pending, undefined, who)).status).toBe(403);
      expect((await retry(who)).status).toBe(403);
    }
  });

  it('is one of a contact center that operations accounts see in a list', async () => {
    const path = '/api/v2/ops/contact-centers';
    const { uris } = (await send('GET', path, undefined, client.asOps())) as unknown as { uris: string[] };
    expect(uris).toContain(`${cluster.ready.gateway}${path}/${cluster.ready.contactCenter}`);
    expect((await send('GET', path)).status).toBe(403);
  });
});

describe('what is protected or held', () => {
  it('stays, and says so', async () => {
    const { id, playPath } = await insert('kept');
    await send('POST', `/api/v2/recordings/${id}`, { operationName: 'applyNonDelete' });
    expect(await remove(id)).toMatchObject({ status: 409 });
    await send('POST', `/api/v2/recordings/${id}`, { operationName: 'unapplyNonDelete' });
    const holds = `/rcs/recordings/${id}/holds`;
    expect(await send('POST', holds, {})).toMatchObject({
      status: 400,
      detail: expect.stringMatching(/reason/) as string,
    });
    const hold = await send('POST', holds, { reason: 'case 4711', mediaId: 'kept.wav' });
    expect(hold).toMatchObject({ status: 201, reason: 'case 4711', mediaId: 'kept.wav' });
    expect(await send('GET', holds)).toMatchObject({ status: 200, holds: [{ reason: 'case 4711' }] });
    expect(await send('GET', `/api/v2/recordings/${id}`)).toMatchObject({ onHold: true, nonDelete: false });
    expect(await remove(id)).toMatchObject({ status: 409 });
    expect((await client.play(playPath)).status).toBe(200);
    const { id: holdId } = hold as unknown as { id: string };
    expect((await send('DELETE', `${holds}/${holdId}`)).status).toBe(204);
    expect((await send('DELETE', `${holds}/${holdId}`)).status).toBe(404);
    expect(await remove(id)).toMatchObject({ status: 200 });
  });

  it('is held by administrators alone, and not until yesterday', async () => {
    const { id } = await insert('held-by-whom');
    const holds = `/rcs/recordings/${id}/holds`;
    expect((await send('POST', holds, { reason: 'x' }, client.asUser('bob'))).status).toBe(403);
    expect((await send('POST', holds, { reason: 'x', until: '2020-01-01T00:00:00Z' })).status).toBe(400);
    expect((await send('POST', holds, { reason: 'x', mediaId: 'other' })).status).toBe(400);
    expect(await send('GET', holds)).toMatchObject({ holds: [] });
  });
});

describe('an erasure', () => {
  it('finds all recordings of a person, waits for what is held, and goes on at the release', async () => {
    const number = '+49 30 1234567';
    const free = await insert('erased-1', undefined, { callerPhoneNumber: number });
    const held = await insert('erased-2', undefined, { dialedPhoneNumber: number });
    const other = await insert('erased-3', undefined, { callerPhoneNumber: '+49 30 12345678' });
    const asked = { reason: 'request of 2026-11-28', subject: { phoneNumber: number } };
    const found = await send('POST', '/rcs/erasures', { ...asked, dryRun: true });
    expect(found).toMatchObject({ status: 200, isFinished: false });
    const ids = (found as unknown as { recordings: { id: string }[] }).recordings.map(({ id }) => id);
    expect(ids.sort()).toEqual([free.id, held.id].sort());
    expect((await client.play(free.playPath)).status).toBe(200);

    const hold = (await send('POST', `/rcs/recordings/${held.id}/holds`, { reason: 'case 1' })) as unknown as {
      id: string;
    };
    const erased = await send('POST', '/rcs/erasures', asked);
    expect(erased).toMatchObject({ status: 200, isFinished: false });
    expect(erased).toMatchObject({
      recordings: expect.arrayContaining([
        { id: free.id, outcome: 'removed' },
        { id: held.id, outcome: 'kept' },
      ]) as object[],
    });
    expect((await client.play(free.playPath)).status).toBe(404);
    expect((await client.play(held.playPath)).status).toBe(200);

    await send('DELETE', `/rcs/recordings/${held.id}/holds/${hold.id}`);
    await waitFor('the erasure to go on', async () => (await client.play(held.playPath)).status === 404);
    await waitFor('the stored file to go', async () => !(await isStored('erased-2.wav')));
    expect((await client.play(other.playPath)).status).toBe(200);
  });

  it.each([
    ['no reason', { recordings: ['a'] }],
    ['neither recordings nor a subject', { reason: 'x' }],
    ['both', { reason: 'x', recordings: ['a'], subject: { userName: 'bob' } }],
    ['a number with *', { reason: 'x', subject: { phoneNumber: '+49*' } }],
    ['a subject of nobody', { reason: 'x', subject: {} }],
  ])('is refused with %s', async (_what, asked) => {
    expect((await send('POST', '/rcs/erasures', asked)).status).toBe(400);
  });
});

describe('retention', () => {
  const rules = (days: number) => [
    { label: 'short', days },
    { ivrProfile: 'elsewhere', days: null },
  ];

  it('removes what has expired by its label, once somebody has said how much that is', async () => {
    await send('POST', '/api/v2/recording-label-definitions', { name: 'short' });
    const expiring = await insert('expiring', undefined, { startTime: '2026-01-01T00:00:00.000+0000' });
    const kept = await insert('without-label', undefined, { startTime: '2026-01-01T00:00:00.000+0000' });
    const held = await insert('expiring-held', undefined, { startTime: '2026-01-01T00:00:00.000+0000' });
    for (const { id } of [expiring, held]) await send('POST', `/api/v2/recordings/${id}/labels`, { name: 'short' });
    await send('POST', `/rcs/recordings/${held.id}/holds`, { reason: 'case 2' });
    expect(await send('PUT', '/rcs/retention', { rules: rules(30_000) })).toMatchObject({ status: 200 });
    expect(await send('GET', `/api/v2/recordings/${expiring.id}`)).toMatchObject({
      expiryTime: '2108-02-21T00:00:00.000Z',
    });
    expect(await send('GET', '/rcs/retention/expired')).toEqual({ status: 200, count: 0, recordings: [] });

    const refused = await send('PUT', '/rcs/retention', { rules: rules(1) });
    expect(refused).toMatchObject({ status: 409, detail: expect.stringMatching(/"confirm": "1"/) as string });
    expect(await send('PUT', '/rcs/retention', { rules: rules(1), confirm: '1' })).toMatchObject({ status: 200 });
    await waitFor('the recording to expire', async () => (await client.play(expiring.playPath)).status === 404);
    await waitFor('the stored file to go', async () => !(await isStored('expiring.wav')));
    for (const { playPath } of [kept, held]) expect((await client.play(playPath)).status).toBe(200);
    expect(await send('PUT', '/rcs/retention', { rules: [] })).toEqual({ status: 200, rules: [] });
  });

  it.each([
    ['half a day', [{ days: 0.5 }]],
    ['a rule of both', [{ days: 1, label: 'a', ivrProfile: 'b' }]],
    ['two rules of all', [{ days: 1 }, { days: 2 }]],
  ])('is refused with %s', async (_what, wrong) => {
    expect((await send('PUT', '/rcs/retention', { rules: wrong })).status).toBe(400);
    expect((await send('GET', '/rcs/retention', undefined, client.asUser('bob'))).status).toBe(403);
  });
});

describe('an erasure of a person', () => {
  interface Records {
    readonly records: readonly { readonly event: string; readonly erased?: object; readonly detail?: string }[];
  }
  const audited = async (query: string) =>
    (await send('GET', `/rcs/audit?order=newest-first&limit=1000${query}`)) as unknown as Records;

  it('waits in the audit while a recording of theirs is held, and goes on when the hold is released', async () => {
    const number = '+49 40 7654321';
    const { id } = await insert('of-a-held-caller', undefined, { callerPhoneNumber: number });
    const hold = (await send('POST', `/rcs/recordings/${id}/holds`, {
      reason: `called from ${number}`,
    })) as unknown as {
      id: string;
    };
    const mentions = async () =>
      (await audited('')).records.filter(({ event, detail }) => event === 'hold-placed' && detail?.includes(number));
    const erased = await send('POST', '/rcs/erasures', { reason: 'asked for', subject: { phoneNumber: number } });
    expect(erased).toMatchObject({ status: 200, isFinished: false, recordings: [{ id, outcome: 'kept' }] });
    expect(await mentions()).toHaveLength(1);
    await send('DELETE', `/rcs/recordings/${id}/holds/${hold.id}`);
    await waitFor('the audit to forget', async () => (await mentions()).length === 0, {
      patienceMs: 40_000,
      pollMs: 500,
    });
  });

  it('takes who they were out of the audit of their contact center, and leaves what happened', async () => {
    const name = `leaver-${cluster.ready.contactCenter}`;
    const password = 'a long password of a leaver 1';
    const account = { userName: name, password, roles: ['agent'], contactCenter: cluster.ready.contactCenter };
    expect((await send('POST', '/rcs/users', account)).status).toBe(201);
    const who = ['--cacert', cluster.ready.caFile, '--user', `${name}:${password}`];
    const { playPath } = await insert('of-a-leaver', undefined, {});
    expect((await curl(...who, `${cluster.ready.gateway}${playPath}`)).status).toBe(403);
    expect((await audited(`&user=${name}`)).records.length).toBeGreaterThan(0);
    const asked = { reason: `request of ${name}`, subject: { userName: name } };
    expect(await send('POST', '/rcs/erasures', { ...asked, dryRun: true })).toMatchObject({ status: 200 });
    expect((await audited(`&user=${name}`)).records.length).toBeGreaterThan(0);
    expect(await send('POST', '/rcs/erasures', asked)).toMatchObject({ status: 200, isFinished: true });
    expect((await audited(`&user=${name}`)).records).toEqual([]);
    const { records } = await audited('');
    const refused = records.find(({ event, erased }) => event === 'playback-refused' && erased !== undefined);
    expect(refused).toMatchObject({ erased: { user: expect.stringMatching(/^[0-9a-f]{64}$/) as string } });
    const mentions = records.filter(({ event, detail }) => event !== 'audit-read' && detail?.includes(name) === true);
    expect(mentions).toEqual([]);
  });
});
