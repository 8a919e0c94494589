import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configurationSchema, createLogger, createMetricsRegistry, RcsError } from '#platform';
import { openSqliteStore, type Recording, type Role, type Store, type User } from '#store';
import { json, StandInRws } from '#test/recording-source/stand-in-rws.js';
import { waitFor } from '#test/waiting/wait-for.js';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { ConfiguredReceivers } from '../interaction-receivers/configured-receivers.js';
import { LocationClaims } from '../media-index/location-claims.js';
import { mediaStorages } from '../settings/media-locations.js';
import type { MediaInspector } from '../media-index/media-inspector.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { ActiveStorages } from '../recordings/active-storages.js';
import { InsertedEnvelopes } from '../recordings/inserted-envelopes.js';
import { InsertionInspection } from '../recordings/insertion-inspection.js';
import { RecordingInsertionService } from '../recordings/recording-insertion.service.js';
import { RemoteRecordings } from './remote-recordings.js';

const logger = createLogger('test', 'test', 'silent');
const noSetStorages = { find: () => Promise.resolve(undefined) };
/** Nobody looks into stored files here: the indexer would, later. */
const noWorker = {
  inspect: () => Promise.reject(new RcsError('RCS_NO_WORKER')),
} as unknown as MediaInspector;

const userOf = (contactCenter: string | undefined, ...roles: Role[]): User =>
  ({ name: 'anybody', roles, ...(contactCenter === undefined ? {} : { contactCenter }) }) as unknown as User;
const admin = userOf('cc-1', 'admin');

const answerOf = (id: string, fields: object = {}) => ({
  id,
  mediaFiles: [{ mediaId: 'a.mp3', type: 'audio/mp3', mediaPath: `/recordings/${id}/play/a.mp3` }],
  ...fields,
});

const noKeys = { list: () => Promise.resolve([]) };

describe(RemoteRecordings.name, () => {
  let work: string;
  let store: Store;
  let rws: StandInRws;
  const gateways: RemoteRecordings[] = [];

  beforeEach(async () => {
    work = mkdtempSync(join(tmpdir(), 'rcs-remote-'));
    store = await openSqliteStore({ directory: work, auditWriter: 'gateway-1' });
    for (const id of ['cc-1', 'cc-2', 'cc-3']) await store.contactCenters.put({ id, name: id });
    rws = await StandInRws.start('rcs', 'secret');
  });
  afterEach(async () => {
    await Promise.all(gateways.splice(0).map(gateway => gateway.onApplicationShutdown()));
    await rws.stop();
    await store.close();
    rmSync(work, { recursive: true });
  });

  function gateway(): RemoteRecordings {
    const source = { url: rws.url, contactCenter: 'cc-1', userName: 'rcs', password: 'secret' };
    const configuration = configurationSchema().parse({
      recordingSources: [source],
    }) as unknown as GatewayConfiguration;
    const insertion = new RecordingInsertionService(
      store.recordings,
      store.contactCenters,
      store.audit,
      new LocationClaims(store.mediaIndex, mediaStorages(configuration), noSetStorages, logger),
      new InsertionInspection(noWorker, logger, configuration),
      new ConfiguredReceivers({ interactionReceivers: [] }),
      new InsertedEnvelopes(store.certificates, noKeys, configuration, logger),
      new ActiveStorages(noSetStorages),
      configuration,
    );
    const metrics = new GatewayMetrics(createMetricsRegistry('playback-gateway', '0.1.0'));
    const made = new RemoteRecordings(configuration, store.recordings, insertion, metrics, logger);
    gateways.push(made);
    return made;
  }

  const code = (asked: Promise<unknown>): Promise<unknown> => asked.catch((error: unknown) => (error as RcsError).code);
  const audited = async (): Promise<string[]> => {
    const details: string[] = [];
    for await (const { event, detail } of store.audit.query()) details.push(`${event} ${detail ?? ''}`.trim());
    return details;
  };

  it('takes a recording into the store at first sight, with its play URL, and says so in the audit', async () => {
    rws.onJson('/recordings/R1', answerOf('R1', { callerPhoneNumber: '1017' }));
    const taken = await gateway().take(admin, 'R1');
    expect(taken).toMatchObject({ id: 'R1', contactCenter: 'cc-1', callerPhoneNumber: '1017' });
    expect(taken?.mediaFiles[0]).toMatchObject({ leaf: 'a.mp3', mediaDescriptor: { storage: 'rws' } });
    expect(await store.recordings.find('R1')).toEqual(taken);
    expect(await audited()).toContain(`recording-inserted taken from RWS ${rws.url}`);
  });

  it('asks once for all who ask at the same moment', async () => {
    let answer: () => void = () => undefined;
    rws.on('/recordings/R1', (_, response) => (answer = () => json(response, answerOf('R1'))));
    const one = gateway();
    const asking = [1, 2, 3].map(() => one.take(admin, 'R1'));
    await waitFor('the question', () => rws.asked.length === 1);
    answer();
    expect((await Promise.all(asking)).map(found => found?.id)).toEqual(['R1', 'R1', 'R1']);
    expect(rws.asked).toHaveLength(1);
  });

  it('has the first of two answers where two gateways ask and the RWS says two things', async () => {
    let count = 0;
    rws.on('/recordings/R1', (_, response) => json(response, answerOf('R1', { callerPhoneNumber: `${++count}` })));
    const [one, other] = await Promise.all([gateway().take(admin, 'R1'), gateway().take(admin, 'R1')]);
    const stored = await store.recordings.find('R1');
    expect([one, other]).toEqual([stored, stored]);
  });

  it('remembers for a second that there is none, and no longer', async () => {
    const one = gateway();
    expect(await one.take(admin, 'R1')).toBeUndefined();
    rws.onJson('/recordings/R1', answerOf('R1'));
    expect(await one.take(admin, 'R1')).toBeUndefined();
    expect(rws.asked).toHaveLength(1);
    const before = performance.now();
    await waitFor('the recording', async () => (await one.take(admin, 'R1'))?.id === 'R1');
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  it('remembers a refusal as long, for this recording alone', async () => {
    const one = gateway();
    rws.onJson('/recordings/R1', answerOf('R2'));
    rws.onJson('/recordings/R2', answerOf('R2'));
    for (let time = 0; time < 3; time++) expect(await code(one.take(admin, 'R1'))).toBe('RCS_RECORDING_SOURCE_REFUSED');
    expect(rws.asked).toHaveLength(1);
    expect(await one.take(admin, 'R2')).toMatchObject({ id: 'R2' });
    expect(await store.recordings.find('R1')).toBeUndefined();
  });

  it.each<[string, User, string]>([
    ['somebody of another contact center', userOf('cc-2', 'admin'), 'R1'],
    ['somebody of none', userOf(undefined, 'ops'), 'R1'],
    ['the recorder', userOf('cc-1', 'recorder'), 'R1'],
    ['an id that cannot be one', admin, '../users'],
    ['an id with a query', admin, 'R1?x=1'],
    ['an id of the prototype', admin, '__proto__'],
  ])('does not ask for %s', async (_, user, id) => {
    expect(await gateway().take(user, id)).toBeUndefined();
    expect(rws.asked).toEqual([]);
  });

  it('leaves a recording of another contact center what it is', async () => {
    const theirs: Recording = {
      ...{ id: 'R1', contactCenter: 'cc-2', region: 'default' },
      mediaFiles: [{ mediaId: 'm', leaf: 'm', type: 'audio/mp3', mediaDescriptor: { storage: 'webDAV', path: 'm' } }],
    };
    rws.onJson('/recordings/R1', answerOf('R1'));
    await store.recordings.insert(theirs);
    expect(await gateway().take(admin, 'R1')).toEqual(theirs);
    expect((await store.recordings.find('R1'))?.contactCenter).toBe('cc-2');
  });

  it('takes none of another region', async () => {
    rws.onJson('/recordings/R1', answerOf('R1', { region: 'emea' }));
    expect(await gateway().take(admin, 'R1')).toBeUndefined();
    expect(await store.recordings.find('R1')).toBeUndefined();
  });

  it('does not bring back what was removed here', async () => {
    const one = gateway();
    rws.onJson('/recordings/R1', answerOf('R1'));
    await one.take(admin, 'R1');
    const order = { recordingId: 'R1', contactCenter: 'cc-1', kind: 'erased', user: 'ops', reason: 'asked' } as const;
    await store.removals.remove({ ...order, time: new Date().toISOString() }, []);
    expect(await one.take(admin, 'R1')).toBeUndefined();
    expect(await store.recordings.find('R1')).toBeUndefined();
  });

  it('refuses what an insertion would refuse, and says nothing of it outside', async () => {
    rws.onJson('/recordings/R1', answerOf('R1', { startTime: 'yesterday' }));
    await expect(gateway().take(admin, 'R1')).rejects.toMatchObject({
      code: 'RCS_RECORDING_SOURCE_REFUSED',
      publicDetail: undefined,
    });
    expect(await store.recordings.find('R1')).toBeUndefined();
  });
});
