import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { parseInput } from '#platform';
import { openSqliteStore, type Recording, type Store, type User, type UserContent } from '#store';
import { AgentPlaces } from '../authorisation/agent-places.js';
import { AuthorisationService } from '../authorisation/authorisation.service.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { RecordingSearchService, requireListener } from './recording-search.service.js';
import { positionText, searchRecordingsSchema } from './search-recordings.schema.js';

const person: UserContent = {
  name: 'john',
  enabled: true,
  contactCenter: 'cc-1',
  roles: ['agent'],
  privileges: [],
  accessGroups: [],
  partitions: [],
};
const names = ['john', 'paul', 'ringo'];
const paths = ['/', '/Anthony', '/Anthony/Paul', '/sales', '/sales/east', 'sales'];

const recording = fc.record({
  contactCenter: fc.constantFrom('cc-1', 'cc-1', 'cc-2'),
  region: fc.constantFrom('east', 'east', 'west'),
  agents: fc.subarray(names),
  partitions: fc.subarray(paths),
  hour: fc.integer({ min: 0, max: 3 }),
});
const listener = fc.record({
  name: fc.constantFrom('john', 'mary'),
  roles: fc.subarray(['agent', 'supervisor', 'admin'] as const),
  accessGroups: fc.subarray(paths),
  partitions: fc.subarray(paths),
  agentIds: fc.subarray(['paul', '4711']),
  enabled: fc.boolean(),
});

function recordingOf(id: string, made: typeof recording extends fc.Arbitrary<infer Made> ? Made : never): Recording {
  const { contactCenter, region, agents, partitions, hour } = made;
  return {
    id,
    contactCenter,
    region,
    startTime: `2026-03-02T0${hour}:00:00.000+0000`,
    mediaFiles: [
      {
        mediaId: 'call.mp3',
        leaf: 'leaf.mp3',
        type: 'audio/mp3',
        mediaDescriptor: { storage: 'webDAV', path: 'call.mp3' },
        parameters: { GRECORD_PARTITIONS: partitions.join(',') },
      },
    ],
    eventHistory: agents.map(userName => ({ event: 'Joined', contact: { userName } })),
  };
}

describe(RecordingSearchService.name, () => {
  let directory = '';
  let store: Store;
  let service: RecordingSearchService;
  let authorisation: AuthorisationService;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-search-'));
    store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
    const metrics = new GatewayMetrics(new Registry());
    authorisation = new AuthorisationService({ crRegion: 'east' }, metrics, new AgentPlaces(store.users));
    service = new RecordingSearchService(store.recordingSearch, authorisation, { crRegion: 'east' });
    await store.users.put({ ...person, name: 'paul', agentHierarchy: '/Anthony/Paul' });
    await store.users.put({ ...person, name: 'ringo', agentHierarchy: '/Ringo' });
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const ask = (user: User, query: object) => service.search(user, parseInput(searchRecordingsSchema, query));

  /** All pages from the first to the last, and back again. */
  async function pages(user: User, query: object): Promise<{ there: string[]; back: string[] }> {
    const there: string[] = [];
    let page = await ask(user, query);
    for (;;) {
      there.push(...page.recordings.map(({ id }) => id));
      if (page.next === undefined) break;
      page = await ask(user, { ...query, position: positionText('older', page.next) });
    }
    const back = page.recordings.map(({ id }) => id);
    while (page.previous !== undefined) {
      page = await ask(user, { ...query, position: positionText('newer', page.previous) });
      back.unshift(...page.recordings.map(({ id }) => id));
    }
    return { there, back };
  }

  it('finds what the user may read by its id, and nothing else, on pages of every size, there and back', async () => {
    const made = fc
      .sample(recording, { numRuns: 80, seed: 7 })
      .map((each, index) => recordingOf(`r-${100 + index}`, each));
    for (const each of made) await store.recordings.insert(each);
    const visibleTo = async (user: User): Promise<Recording[]> => {
      const readable = await Promise.all(
        made.map(each =>
          authorisation.authorise(user, each).then(
            () => [each],
            () => [],
          ),
        ),
      );
      return readable.flat();
    };
    const order = (one: Recording, other: Recording): number =>
      `${other.startTime} ${other.id}` < `${one.startTime} ${one.id}` ? -1 : 1;
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        listener,
        fc.integer({ min: 1, max: 100 }),
        fc.option(fc.constantFrom(...names)),
        async (asking, limit, of) => {
          const user: User = { ...person, ...asking, version: 1 };
          const expected = (await visibleTo(user))
            .filter(({ eventHistory = [] }) => of === null || JSON.stringify(eventHistory).includes(`"${of}"`))
            .sort(order)
            .map(({ id }) => id);
          const query = { limit: String(limit), ...(of === null ? { callerPhoneNumber: '*' } : { userName: of }) };
          const { there, back } = await pages(user, query);
          expect(there).toEqual(expected);
          expect(back).toEqual(expected);
          found += expected.length;
        },
      ),
      { numRuns: 100 },
    );
    expect(found).toBeGreaterThan(100);
  });

  it('sees a change of the hierarchy at the next search', async () => {
    await store.recordings.insert(
      recordingOf('r', { contactCenter: 'cc-1', region: 'east', agents: ['paul'], partitions: [], hour: 1 }),
    );
    const user: User = { ...person, name: 'anthony', roles: ['supervisor'], accessGroups: ['/Anthony'], version: 1 };
    expect((await ask(user, { userName: 'paul' })).recordings).toHaveLength(1);
    await store.users.put({ ...person, name: 'paul', agentHierarchy: '/Ringo' });
    expect((await ask(user, { userName: 'paul' })).recordings).toEqual([]);
  });

  it('fails where the store does', async () => {
    const user: User = { ...person, version: 1 };
    await store.close();
    await expect(ask(user, { callerPhoneNumber: '*' })).rejects.toMatchObject({ code: 'RCS_STORE_UNAVAILABLE' });
  });

  it.each([{ roles: ['ops' as const] }, { roles: ['recorder' as const] }, { contactCenter: undefined }])(
    'is not for %p',
    change => {
      const refused = expect.objectContaining({ code: 'RCS_INSUFFICIENT_ROLE' }) as Error;
      expect(() => requireListener({ ...person, ...change, version: 1 })).toThrow(refused);
    },
  );
});
