import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { InteractionReceiver } from '#test/servers/interaction-receiver.js';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';
import { wholeAt } from './stored-windows.js';

jest.setTimeout(300_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-hand-over-'));
let receiver: InteractionReceiver;
let url: string;
let cluster: RunningCluster;
let client: CurlClient;

beforeAll(async () => {
  const caFile = join(work, 'receiver-ca.pem');
  receiver = await InteractionReceiver.start(caFile);
  ({ url } = receiver);
  const settings = { url, userName: 'rcs', password: 'of the receiver', retryDelayMs: 200, maxAttempts: 2 };
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    RCS_SERVER_SETTINGS__SPEECH_MINER_TRUSTED_CA: caFile,
    RCS_SERVER_SETTINGS__INTERACTION_RECEIVERS: JSON.stringify([settings]),
  });
  client = new CurlClient(cluster, work);
});

afterAll(async () => {
  await cluster?.stop();
  receiver?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function insert(name: string, address = url, isMounted = false): Promise<string> {
  const file = `${name}.wav`;
  await client.put(file, Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt the whole of a call', 'latin1'));
  const parameters = { 'rp.speechminer_uri': address };
  const { storage, path } = client.stored(file);
  const mediaDescriptor = { storage, path: isMounted ? await wholeAt(cluster.ready.webdav, path) : path };
  await client.inserted(name, { mediaId: file, type: 'audio/wav', parameters, mediaDescriptor });
  return client.recordingId(name);
}

async function send(method: string, path: string, json?: object, who = client.asOps()) {
  const body =
    json === undefined ? [] : ['-H', 'Content-Type: application/json', '--data-binary', JSON.stringify(json)];
  const answer = await curl(...who, '--request', method, ...body, `${cluster.ready.gateway}${path}`);
  return { status: answer.status, ...(JSON.parse(answer.body.toString()) as { readonly handOvers?: object[] }) };
}

const list = '/api/v2/ops/hand-overs';
const givenUp = () =>
  answerOf(
    'what was given up',
    () => send('GET', list),
    ({ handOvers }) => handOvers?.length === 1,
  );

describe('the metadata of a new recording', () => {
  it('reaches its interaction receiver, once', async () => {
    const id = await insert('handed-over');
    await waitFor('the recording', () => receiver.timesReceived(id) > 0);
    const [first] = receiver.received;
    expect(first?.authorization).toBe(`Basic ${Buffer.from('rcs:of the receiver').toString('base64')}`);
    expect(first?.document).toMatchObject({
      id,
      mediaFiles: [{ mediaUri: expect.stringContaining(`${cluster.ready.gateway}/api/v2/recordings/`) as string }],
    });
    expect(JSON.stringify(first?.document)).not.toContain('of the receiver');
    expect(await send('GET', `${list}?state=waiting`)).toEqual({ status: 200, statusCode: 0, handOvers: [] });
    expect(receiver.timesReceived(id)).toBe(1);
  });

  it('does not reach it once more when the recording is mounted from an archive', async () => {
    const mounted = await insert('mounted', url, true);
    const next = await insert('next');
    await waitFor('the recording behind it', () => receiver.timesReceived(next) > 0);
    const { handOvers } = await send('GET', `${list}?state=waiting`);
    expect(JSON.stringify(handOvers)).not.toContain(JSON.stringify(mounted));
    expect(receiver.timesReceived(mounted)).toBe(0);
  });

  it('waits for an operator where the receiver does not take it', async () => {
    receiver.status = 500;
    const id = await insert('not-taken');
    const entry = { recordingId: id, receiver: url, contactCenter: cluster.ready.contactCenter };
    expect(await givenUp()).toMatchObject({
      handOvers: [{ ...entry, state: 'given-up', attempts: 2, reason: 'answered 500' }],
    });
    receiver.status = 200;
    const retry = { operationName: 'retry', recordingId: id, receiver: url };
    expect(await send('POST', list, retry)).toEqual({ status: 200, statusCode: 0 });
    await waitFor('the third attempt', () => receiver.timesReceived(id) === 3);
    expect(await send('POST', list, retry)).toMatchObject({ status: 404, statusCode: 6 });
  });

  it('goes nowhere that an operator did not allow, and is discarded', async () => {
    const elsewhere = url.replace('interactionreceiver', 'elsewhere');
    const id = await insert('elsewhere', elsewhere);
    expect(await givenUp()).toMatchObject({ handOvers: [{ recordingId: id, receiver: elsewhere, attempts: 0 }] });
    expect(receiver.timesReceived(id)).toBe(0);
    const discard = { operationName: 'discard', recordingId: id, receiver: elsewhere };
    expect((await send('POST', list, discard)).status).toBe(200);
    expect(await send('GET', list)).toMatchObject({ handOvers: [] });
  });

  it('is a matter of operations accounts alone', async () => {
    for (const who of [client.asUser('alice'), client.asRecorder()]) {
      expect((await send('GET', list, undefined, who)).status).toBe(403);
    }
  });
});
