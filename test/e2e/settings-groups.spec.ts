import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { ownContactCenter } from '#test/cluster/own-contact-center.js';
import type { ReadyLine, RunningCluster } from '#test/cluster/running-cluster.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const program = join(repository, 'dist/apps/rcsctl/main.js');
const work = mkdtempSync(join(tmpdir(), 'rcs-settings-groups-'));
let cluster: RunningCluster;
let other: ReadyLine;
let client: CurlClient;
let otherClient: CurlClient;

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
  mkdirSync(join(work, 'other'));
  other = await ownContactCenter(cluster.ready, join(work, 'other'));
  client = new CurlClient(cluster, work);
  otherClient = new CurlClient({ ...cluster, ready: other }, join(work, 'other'));
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

type Body = Readonly<Record<string, unknown>>;

async function send(method: string, path: string, json?: object, who = client.asUser('alice')): Promise<Body> {
  const body =
    json === undefined ? [] : ['-H', 'Content-Type: application/json', '--data-binary', JSON.stringify(json)];
  const answer = await curl(...who, '--request', method, ...body, `${cluster.ready.gateway}${path}`);
  return { status: answer.status, ...(JSON.parse(answer.body.toString()) as Body) };
}

const asRecorder = (): string[] => {
  const { ops, caFile } = cluster.ready;
  return ['--cacert', caFile, '--user', `${ops.name}:${ops.password}`];
};
const recipients = (query: string, contactCenter = cluster.ready.contactCenter): Promise<Body> =>
  send('GET', `/rcs/contact-centers/${contactCenter}/recipients?${query}`, undefined, asRecorder());
const told = (text: string): unknown => ({ status: 400, statusMessage: expect.stringContaining(text) as string });

it('lists all groups, as the original is asked for them', async () => {
  const { settings } = (await send('GET', '/api/v2/settings?subresources=*')) as unknown as { settings: Body[] };
  expect(settings.map(({ name, key, path }) => [name, key, path])).toEqual(
    ['screen-recording', 'screen-recording-encryption', 'recording-privacy', 'ivr-profiles'].map(name => [
      name,
      'name',
      `/settings/${name}`,
    ]),
  );
});

describe('screen-recording-encryption', () => {
  const group = '/api/v2/settings/screen-recording-encryption';
  const certificates = (value: unknown, more: object = {}) =>
    send('POST', group, { name: 'certificates', value, ...more });

  it('says what screens are encrypted for, here alone', async () => {
    const { alias, file } = cluster.ready.certificates[0]!;
    const certificate = readFileSync(file, 'utf8');
    expect(await send('GET', `${group}?subresources=*`)).toMatchObject({ status: 200, settings: [] });
    expect(await certificates([{ alias, certificate }])).toMatchObject({ status: 200, value: [{ alias }] });
    expect(await recipients('screenRecording=true')).toMatchObject({ encrypted: true, certificates: [{ alias }] });
    expect(await recipients('screenRecording=true', other.contactCenter)).toMatchObject({ encrypted: false });
    const { settings } = (await send('GET', group)) as unknown as { settings: { value: Body[] }[] };
    expect(settings[0]?.value.map(one => one['alias'])).toEqual([alias]);
    expect(await certificates([])).toMatchObject({ status: 409 });
    expect(await send('DELETE', group, { name: 'certificates' })).toMatchObject({ status: 409 });
    const removed = await send('DELETE', group, { name: 'certificates', confirm: 'record unencrypted' });
    expect(removed).toEqual({ status: 200, statusCode: 0 });
    expect(await send('GET', group)).toMatchObject({ settings: [] });
  });

  it('refuses what is wrong by its name, and whoever may not', async () => {
    const { alias } = cluster.ready.certificates[0]!;
    const theirs = readFileSync(other.certificates[0]!.file, 'utf8');
    expect(await certificates([{ alias, certificate: theirs }])).toMatchObject(
      told('is another certificate') as object,
    );
    expect(await certificates([{ alias: 'nobodys' }])).toMatchObject({ status: 404 });
    expect(await certificates('demo')).toMatchObject(told('value') as object);
    expect(await certificates([{ alias }, { alias }])).toMatchObject(told('every alias may occur once') as object);
    expect(await certificates([{ alias }], { location: '/US' })).toMatchObject(told('location') as object);
    expect(await send('POST', group, { name: 'keys', value: [] })).toMatchObject(told('name') as object);
    expect(await send('GET', group, undefined, client.asUser('bob'))).toMatchObject({ status: 403 });
  });
});

describe('recording-privacy', () => {
  const group = '/api/v2/settings/recording-privacy';
  const hide = (which: string, value: unknown, location = '/') =>
    send('PUT', group, { name: `metadata.privacy.${which}`, value, location });

  it('hides fields wherever they stand, from all but administrators, by location, here alone', async () => {
    const fields = {
      callerPhoneNumber: '+49301',
      eventHistory: [{ event: 'Joined', contact: { userName: 'bob', phoneNumber: '+49301' } }],
    };
    for (const [name, location] of [
      ['private', '/'],
      ['open', '/US/CA'],
    ] as const) {
      for (const one of [client, otherClient]) {
        await one.put(`${name}.mp3`, Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt of a call', 'latin1'));
        const mediaFile = { mediaId: `${name}.mp3`, type: 'audio/wav', mediaDescriptor: one.stored(`${name}.mp3`) };
        const parameters = { GRECORD_PARTITIONS: '/sales', ani: '+49301' };
        await one.inserted(name, { ...mediaFile, parameters }, { ...fields, location });
      }
    }
    const read = async (name: string, who: string, one = client) =>
      (await send('GET', `/api/v2/recordings/${one.recordingId(name)}`, undefined, one.asUser(who))) as Body & {
        eventHistory: unknown;
        mediaFiles: Body[];
      };
    expect(await hide('customer_fields', 'callerPhoneNumber, ani,phoneNumber')).toMatchObject({ status: 200 });
    expect(await hide('agent_fields', 'userName')).toMatchObject({ status: 200 });
    expect(await hide('customer_fields', 'tenant', '/US')).toMatchObject({ status: 200 });
    const hidden = await read('private', 'bob');
    expect(hidden).toMatchObject({ status: 200, eventHistory: [{ event: 'Joined', contact: {} }] });
    expect(JSON.stringify(hidden)).not.toContain('+49301');
    expect(await read('private', 'alice')).toMatchObject(fields);
    expect(await read('private', 'bob', otherClient)).toMatchObject(fields);
    expect(await read('open', 'bob')).toMatchObject({ callerPhoneNumber: '+49301' });
    const search = (who: string, query: string) =>
      send('GET', `/api/v2/recordings?${query}`, undefined, client.asUser(who));
    const refused = { status: 403, statusMessage: expect.stringContaining('callerPhoneNumber') as string };
    expect(await search('bob', 'callerPhoneNumber=%2B49301')).toMatchObject(refused);
    expect(await search('bob', 'userName=bob')).toMatchObject({ status: 403 });
    expect(await search('alice', 'callerPhoneNumber=%2B49301')).toMatchObject({ status: 200 });
    const found = (await search('bob', 'startTime=2000-01-01T00:00:00Z')) as unknown as { recordings: Body[] };
    expect(found.recordings.find(({ id }) => id === client.recordingId('private'))).not.toHaveProperty(
      'callerPhoneNumber',
    );
    expect(await send('DELETE', group, { name: 'metadata.privacy.customer_fields' })).toMatchObject({ status: 200 });
    expect(await read('private', 'bob')).toMatchObject({ callerPhoneNumber: '+49301' });
  });

  it.each([
    ['a field without which nothing is found', 'callerPhoneNumber, playPath', 'playPath cannot be hidden'],
    ['what is no name', 'caller phone', '"caller phone" is no name of a field'],
    ['nothing', ' , ', 'must name a field'],
    ['a list', [{ field: 'ani' }], 'value'],
  ])('refuses %s', async (_, value, why) => {
    expect(await hide('customer_fields', value)).toMatchObject(told(why) as object);
  });

  it('refuses a name that it does not have', async () => {
    expect(await hide('all_fields', 'ani')).toMatchObject(told('metadata.privacy.all_fields') as object);
  });
});

describe('IVR profiles by DBID', () => {
  const set = (name: string, value: unknown, who?: string[]) =>
    send('POST', '/api/v2/settings/ivr-profiles', { name, value }, who);

  it('are those of their names, here alone, for recorders and rcsctl', async () => {
    const { alias } = cluster.ready.certificates[0]!;
    await send('PUT', '/rcs/ivr-profiles/sales/certificates', { aliases: [alias] });
    expect(await recipients('ivrProfileDbid=101')).toMatchObject({ status: 404 });
    expect(await set('sales', '101')).toMatchObject({ status: 200, name: 'sales', value: '101' });
    expect(await recipients('ivrProfileDbid=101')).toEqual(await recipients('ivrProfile=sales'));
    expect(await recipients('ivrProfileDbid=101', other.contactCenter)).toMatchObject({ status: 404 });
    expect(await set('support', '101')).toMatchObject(told('"sales" has this DBID') as object);
    expect(await set('sales', 101)).toMatchObject({ status: 400 });
    expect(await set('sales', '0x65')).toMatchObject(told('DBID') as object);
    expect(await set('sales', '101', otherClient.asUser('alice'))).toMatchObject({ status: 200 });
    writeFileSync(join(work, 'ops.password'), cluster.ready.ops.password);
    writeFileSync(join(work, 'webdav.password'), cluster.ready.webdav.password);
    const { ready } = cluster;
    const recorded = execFileSync(process.execPath, [
      ...[program, 'record', join(repository, 'test/fixtures/call.mp3'), '--json', '--ivr-profile-dbid', '101'],
      ...['--gateway', ready.gateway, '--ca', ready.caFile, '--contact-center', ready.contactCenter],
      ...['--ops-user', ready.ops.name, '--ops-password-file', join(work, 'ops.password')],
      ...['--webdav', ready.webdav.url, '--webdav-user', ready.webdav.user, '--directory', ready.webdav.folder ?? ''],
      ...['--webdav-password-file', join(work, 'webdav.password')],
    ]).toString();
    expect(JSON.parse(recorded)).toMatchObject({ mediaFiles: [{ certAlias: [alias] }] });
  });
});

describe('features of a contact center', () => {
  it('are listed and assigned by operations accounts; unknown ones are refused by name', async () => {
    const path = `/api/v2/ops/contact-centers/${cluster.ready.contactCenter}/features`;
    const uris = [
      '/api/api-voice-recording',
      '/api/api-supervisor-recording',
      'schema-elasticsearch-v2-call-recording',
    ];
    expect(await send('POST', path, { uris }, client.asOps())).toEqual({ status: 200, statusCode: 0 });
    const listed = (await send('GET', path, undefined, client.asOps())) as unknown as { uris: string[] };
    expect(listed.uris.map(uri => uri.replace(/^.*\//, '')).sort()).toEqual(
      uris.map(uri => uri.replace(/^.*\//, '')).sort(),
    );
    const unknown = await send('POST', path, { uris: [uris[0], '/api/api-chat'] }, client.asOps());
    expect(unknown).toMatchObject(told('"/api/api-chat" is no feature') as object);
    expect(await send('POST', path, { uris })).toMatchObject({ status: 403 });
    const nowhere = '/api/v2/ops/contact-centers/nowhere/features';
    expect(await send('POST', nowhere, { uris }, client.asOps())).toMatchObject({ status: 404 });
  });
});
