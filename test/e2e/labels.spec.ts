import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-labels-'));
const media = Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt the whole of a call', 'latin1');
const definitions = '/recording-label-definitions';
let cluster: RunningCluster;
let curlClient: CurlClient;
let ofBob: string;
let ofNobody: string;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  curlClient = new CurlClient(cluster, work);
  ofBob = await insert('labelled-1', { agentId: personOf(cluster.ready, 'bob').name });
  ofNobody = await insert('labelled-2', {});
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function insert(name: string, parameters: object): Promise<string> {
  await curlClient.put(`${name}.wav`, media);
  const mediaDescriptor = curlClient.stored(`${name}.wav`);
  await curlClient.inserted(name, { mediaId: `${name}.wav`, type: 'audio/wav', parameters, mediaDescriptor });
  return curlClient.recordingId(name);
}

async function send(method: string, path: string, json?: object, who = 'alice') {
  const body =
    json === undefined ? [] : ['-H', 'Content-Type: application/json', '--data-binary', JSON.stringify(json)];
  const url = `${cluster.ready.gateway}/api/v2${path}`;
  const answer = await curl(...curlClient.asUser(who), '--request', method, ...body, url);
  return { status: answer.status, ...(JSON.parse(answer.body.toString()) as Record<string, unknown>) };
}

describe('labels', () => {
  it('are defined, shown, changed, and removed once no recording bears them', async () => {
    const name = 'to be checked';
    const made = { name, displayName: name, description: '' };
    expect(await send('POST', definitions, { name })).toEqual({ status: 201, statusCode: 0, ...made });
    expect(await send('POST', definitions, { name })).toMatchObject({ status: 409, statusCode: 2 });
    const changed = { displayName: 'Prüfen', description: 'by the second supervisor' };
    const one = `${definitions}/${encodeURIComponent(name)}`;
    expect(await send('PUT', one, changed)).toEqual({ status: 200, statusCode: 0, name, ...changed });
    expect(await send('GET', one)).toEqual({ status: 200, statusCode: 0, name, ...changed });
    expect(await send('GET', definitions)).toMatchObject({ labelDefinitions: [{ name, ...changed }] });

    const labels = `/recordings/${ofBob}/labels`;
    expect(await send('POST', labels, { name })).toEqual({ status: 201, statusCode: 0, name });
    expect(await send('POST', labels, { name })).toEqual({ status: 200, statusCode: 0, name });
    const borne = { name, user: personOf(cluster.ready, 'alice').name, time: expect.any(String) as string };
    expect(await send('GET', labels)).toEqual({ status: 200, statusCode: 0, labels: [borne] });
    expect(await send('GET', `${labels}/${encodeURIComponent(name)}`)).toEqual({
      status: 200,
      statusCode: 0,
      ...borne,
    });
    expect(await send('GET', `/recordings/${ofBob}`)).toMatchObject({ id: ofBob, labels: [borne], nonDelete: false });

    expect(await send('DELETE', one)).toMatchObject({ status: 409, statusCode: 2 });
    expect(await send('DELETE', `${labels}/${encodeURIComponent(name)}`)).toEqual({ status: 200, statusCode: 0 });
    expect(await send('DELETE', `${labels}/${encodeURIComponent(name)}`)).toMatchObject({ status: 404, statusCode: 6 });
    expect(await send('DELETE', one)).toEqual({ status: 200, statusCode: 0 });
    expect(await send('GET', one)).toMatchObject({ status: 404, statusCode: 6 });
  });

  it('go onto several recordings, of which one that is not there harms none', async () => {
    await send('POST', definitions, { name: 'several' });
    const answer = await send('POST', '/recording-labels', {
      name: 'several',
      recordings: [ofBob, 'NOWHERE', ofNobody],
    });
    expect(answer).toMatchObject({
      status: 200,
      recordings: [
        { id: ofBob, statusCode: 0 },
        { id: 'NOWHERE', statusCode: 6 },
        { id: ofNobody, statusCode: 0 },
      ],
    });
    for (const id of [ofBob, ofNobody]) {
      expect(await send('GET', `/recordings/${id}`)).toMatchObject({ labels: [{ name: 'several' }] });
    }
  });

  it('need a permission, which administrators give, and a recording that one may read', async () => {
    await send('POST', definitions, { name: 'permitted' });
    const put = (id: string) => send('POST', `/recordings/${id}/labels`, { name: 'permitted' }, 'bob');
    expect(await send('POST', definitions, { name: 'of bob' }, 'bob')).toMatchObject({ status: 403, statusCode: 3 });
    expect(await put(ofBob)).toMatchObject({ status: 403, statusCode: 3 });
    const bob = personOf(cluster.ready, 'bob');
    const user = `${cluster.ready.gateway}/rcs/users/${bob.name}`;
    const change = async (privileges: string[]) => {
      const body = ['-H', 'Content-Type: application/json', '--data-binary', JSON.stringify({ privileges })];
      expect((await curl(...curlClient.asUser('alice'), '--request', 'PATCH', ...body, user)).status).toBe(200);
    };
    await change(['decrypt-recording', 'add-label']);
    expect(await put(ofBob)).toMatchObject({ status: 201 });
    expect(await put(ofNobody)).toMatchObject({ status: 403, statusCode: 3 });
    expect(await put('NOWHERE')).toMatchObject({ status: 404, statusCode: 6 });
    await change(['decrypt-recording']);
    expect(await put(ofBob)).toMatchObject({ status: 403, statusCode: 3 });
  });

  it.each([
    ['__system', 'name'],
    ['Prüfen', 'name'],
    ['a/b', 'name'],
    ['', 'name'],
  ])('are refused with the name %p', async (name, field) => {
    const answer = await send('POST', definitions, { name });
    expect(answer).toMatchObject({
      status: 400,
      statusCode: 2,
      statusMessage: expect.stringContaining(field) as string,
    });
  });

  it('are refused where nobody defined them', async () => {
    expect(await send('POST', `/recordings/${ofBob}/labels`, { name: 'unheard of' })).toMatchObject({
      status: 404,
      statusMessage: expect.stringContaining('"unheard of"') as string,
    });
  });
});

describe('protection from deletion', () => {
  const operate = (operationName: string, id = ofBob, who = 'alice') =>
    send('POST', `/recordings/${id}`, { operationName }, who);

  it('is applied and ended, as often as one likes', async () => {
    for (const [operation, nonDelete] of [
      ['applyNonDelete', true],
      ['applyNonDelete', true],
      ['unapplyNonDelete', false],
      ['unapplyNonDelete', false],
    ] as const) {
      expect(await operate(operation)).toEqual({ status: 200, statusCode: 0 });
      expect(await send('GET', `/recordings/${ofBob}`)).toMatchObject({ nonDelete });
    }
  });

  it('answers as Genesys does', async () => {
    expect(await operate('delete')).toMatchObject({ status: 400, statusCode: 2 });
    expect(await operate('applyNonDelete', 'NOWHERE')).toMatchObject({ status: 404, statusCode: 6 });
    expect(await operate('applyNonDelete', ofBob, 'bob')).toMatchObject({ status: 403, statusCode: 3 });
  });

  it('is in the audit with who did it', async () => {
    await operate('applyNonDelete', ofNobody);
    const { body } = await curlClient.get(`/rcs/audit?recording=${ofNobody}&order=newest-first&limit=5`);
    const { records } = JSON.parse(body.toString()) as { records: { event: string; user?: string }[] };
    const user = personOf(cluster.ready, 'alice').name;
    expect(records).toContainEqual(expect.objectContaining({ event: 'recording-protected', user }));
  });
});
