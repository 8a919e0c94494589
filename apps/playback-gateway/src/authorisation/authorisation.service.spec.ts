import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { openSqliteStore, type Recording, type Store, type User, type UserContent } from '#store';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { AgentPlaces } from './agent-places.js';
import { AuthorisationService } from './authorisation.service.js';

const person: UserContent = {
  name: 'paul',
  enabled: true,
  contactCenter: 'cc-1',
  roles: ['agent'],
  privileges: ['decrypt-recording'],
  accessGroups: [],
  partitions: [],
};
const recording: Recording = {
  id: 'r-1',
  contactCenter: 'cc-1',
  region: 'east',
  mediaFiles: [
    {
      mediaId: 'call.mp3',
      leaf: 'leaf.mp3',
      type: 'audio/mp3',
      mediaDescriptor: { storage: 'webDAV', path: 'call.mp3' },
      parameters: { agentId: 'paul' },
    },
  ],
};

describe(AuthorisationService.name, () => {
  let directory = '';
  let store: Store;
  let service: AuthorisationService;
  let supervisor: User;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-authorisation-'));
    store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
    service = new AuthorisationService(
      { crRegion: 'east' },
      new GatewayMetrics(new Registry()),
      new AgentPlaces(store.users),
    );
    supervisor = await store.users.put({
      ...person,
      name: 'anthony',
      roles: ['supervisor'],
      accessGroups: ['/Anthony'],
    });
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const refused = (code: string) => expect.objectContaining({ code }) as Error;

  it('finds where the agents of a recording stand in the hierarchy', async () => {
    await store.users.put({ ...person, agentHierarchy: '/Anthony/Paul' });
    const permission = await service.authorise(supervisor, recording);
    expect(() => permission.checkPlay('detached')).not.toThrow();
  });

  it('refuses to play what is encrypted, and that alone, to a user who may see it without the privilege', async () => {
    await store.users.put({ ...person, agentHierarchy: '/Anthony/Paul' });
    const permission = await service.authorise({ ...supervisor, privileges: [] }, recording);
    expect(() => permission.checkPlay('detached')).toThrow(refused('RCS_INSUFFICIENT_PERMISSION'));
    expect(() => permission.checkPlay('plain')).not.toThrow();
  });

  it('sees a change of the hierarchy at once', async () => {
    await store.users.put({ ...person, agentHierarchy: '/Anthony/Paul' });
    await service.authorise(supervisor, recording);
    await store.users.put({ ...person, agentHierarchy: '/Ringo/Paul' });
    await expect(service.authorise(supervisor, recording)).rejects.toEqual(refused('RCS_INSUFFICIENT_PERMISSION'));
  });

  it('takes nothing from an agent of the same name in another contact center', async () => {
    await store.users.put({ ...person, contactCenter: 'cc-2', agentHierarchy: '/Anthony/Paul' });
    await expect(service.authorise(supervisor, recording)).rejects.toEqual(refused('RCS_INSUFFICIENT_PERMISSION'));
  });

  it('refuses where nobody knows the agent', async () => {
    await expect(service.authorise(supervisor, recording)).rejects.toEqual(refused('RCS_INSUFFICIENT_PERMISSION'));
  });

  it('refuses with the code of the decision and keeps its reason from the caller', async () => {
    const elsewhere = { ...recording, contactCenter: 'cc-2' };
    await expect(service.authorise(supervisor, elsewhere)).rejects.toMatchObject({
      code: 'RCS_RECORDING_NOT_FOUND',
      message: 'the recording is of another contact center',
      publicDetail: undefined,
    });
  });

  it('fails closed when the store cannot be read', async () => {
    await store.close();
    await expect(service.authorise(supervisor, recording)).rejects.toMatchObject({
      code: 'RCS_STORE_UNAVAILABLE',
    });
  });
});
