import fc from 'fast-check';
import type {
  RecordingSearch,
  SearchPage,
  SearchPosition,
  SearchWindow,
} from '../recording-search/recording-search-store.js';
import { ownerKey } from '../recording-search/owner-key.js';
import type { Recording } from '../recordings/recording.js';
import { exampleMediaFile } from './example-recording.js';
import { storeContract } from './store-contract.js';

const hour = 3_600_000;
const noon = Date.parse('2026-03-02T12:00:00.000Z');

interface Call {
  readonly id: string;
  readonly caller?: string;
  readonly dialed?: string;
  /** Hours after noon; absent where nobody knows the start. */
  readonly at?: number;
  readonly agent?: string;
  readonly partitions?: string;
  readonly contactCenter?: string;
  readonly region?: string;
}

function recordingOf({
  id,
  caller,
  dialed,
  at,
  agent,
  partitions,
  contactCenter = 'cc',
  region = 'r',
}: Call): Recording {
  return {
    id,
    contactCenter,
    region,
    ...(caller === undefined ? {} : { callerPhoneNumber: caller }),
    ...(dialed === undefined ? {} : { dialedPhoneNumber: dialed }),
    ...(at === undefined ? {} : { startTime: new Date(noon + at * hour).toISOString().replace('Z', '+0000') }),
    mediaFiles: [
      {
        ...exampleMediaFile,
        parameters: { ...(agent && { agentId: agent }), ...(partitions && { GRECORD_PARTITIONS: partitions }) },
      },
    ],
  };
}

const all: RecordingSearch = { contactCenter: 'cc', region: 'r' };
const whole: SearchWindow = { towards: 'older', limit: 1000, examine: 100_000 };
const idsOf = ({ recordings }: SearchPage): string[] => recordings.map(({ id }) => id);

/** What every RecordingSearchStore must do. */
export const contract = storeContract('recordingSearch', store => {
  const insert = async (...calls: Call[]): Promise<void> => {
    for (const call of calls) await store().recordings.insert(recordingOf(call));
  };
  const ids = async (search: Partial<RecordingSearch>, window: Partial<SearchWindow> = {}): Promise<string[]> =>
    idsOf(await store().recordingSearch.search({ ...all, ...search }, { ...whole, ...window }));

  describe('RecordingSearchStore contract', () => {
    it('answers the latest first, those of one start by id, those without a start at the end', async () => {
      await insert({ id: 'none' }, { id: 'a', at: 1 }, { id: 'c', at: 1 }, { id: 'b', at: 1 }, { id: 'late', at: 2 });
      expect(await ids({})).toEqual(['late', 'c', 'b', 'a', 'none']);
      expect(await ids({}, { towards: 'newer' })).toEqual(['none', 'a', 'b', 'c', 'late']);
    });

    it('answers whole recordings, of this contact center and region alone', async () => {
      const call = { id: 'ours', at: 1, caller: '1', agent: 'john' };
      await insert(call, { id: 'theirs', at: 1, contactCenter: 'other' }, { id: 'far', at: 1, region: 'west' });
      const { recordings } = await store().recordingSearch.search(all, whole);
      expect(recordings).toEqual([recordingOf(call)]);
    });

    it.each([
      ['14160000001', ['a', 'b']],
      ['+1 416 000 0001', ['a', 'b']],
      ['1416*', ['a', 'b', 'c']],
      ['*0001', ['a', 'b']],
      ['1*0*2', ['c']],
      ['*x7Y*', ['d']],
      ['*X7Y*', []],
      ['*', ['a', 'b', 'c', 'd', 'e']],
      ['', ['e']],
      ['1416%', []],
      ['1416000000_', []],
    ])('finds the caller %p', async (callerPhoneNumber, found) => {
      await insert({ id: 'a', caller: '+14160000001', at: 4 }, { id: 'b', caller: '1-416-000-0001', at: 3 });
      await insert({ id: 'c', caller: '+14160000002', at: 2 }, { id: 'd', caller: 'ax7Yb', at: 1 }, { id: 'e', at: 0 });
      expect(await ids({ callerPhoneNumber })).toEqual(found);
    });

    it('holds what is found by one number against the other criteria', async () => {
      const common = { caller: '5', dialed: '7', at: 1 };
      await insert({ id: 'a', ...common, agent: 'john' }, { id: 'b', ...common, dialed: '8', agent: 'john' });
      await insert({ id: 'c', ...common }, { id: 'd', ...common, at: 3, agent: 'john' });
      const search = { callerPhoneNumber: '5', dialedPhoneNumber: '*7', owners: [ownerKey.agent('john')] };
      expect(await ids({ ...search, startedBefore: noon + 2 * hour })).toEqual(['a']);
    });

    it('finds within times, the first included and the last not', async () => {
      await insert({ id: 'none' }, { id: 'a', at: 0 }, { id: 'b', at: 1 }, { id: 'c', at: 2 });
      expect(await ids({ startedFrom: noon, startedBefore: noon + 2 * hour })).toEqual(['b', 'a']);
      expect(await ids({ startedFrom: noon + hour })).toEqual(['c', 'b']);
      expect(await ids({ startedBefore: noon + hour })).toEqual(['a']);
    });

    it('finds what belongs to any of several owners, each recording once', async () => {
      await insert(
        { id: 'a', at: 1, agent: 'john', partitions: '/sales/east' },
        { id: 'b', at: 2, partitions: '/sales' },
      );
      await insert({ id: 'c', at: 3, partitions: '/salesforce,support' }, { id: 'd', at: 4, agent: 'John' });
      const sales = ownerKey.partition('//sales/') ?? '';
      expect(await ids({ owners: [ownerKey.agent('john'), sales] })).toEqual(['b', 'a']);
      expect(await ids({ owners: [ownerKey.partition('/') ?? ''] })).toEqual(['c', 'b', 'a']);
      expect(await ids({ owners: [ownerKey.agent('/sales')] })).toEqual([]);
      expect(await ids({ owners: [] })).toEqual([]);
    });

    it('says where it stopped when it may look at no more, and goes on from there', async () => {
      await insert(...Array.from({ length: 12 }, (_, at) => ({ id: `c${10 + at}`, at, caller: at < 2 ? '5' : '6' })));
      const search = { ...all, callerPhoneNumber: '*5' };
      const first = await store().recordingSearch.search(search, { ...whole, examine: 7 });
      expect([idsOf(first), first.examined]).toEqual([[], 7]);
      const second = await store().recordingSearch.search(search, {
        ...whole,
        ...(first.rest && { position: first.rest }),
      });
      expect([idsOf(second), second.examined, second.rest]).toEqual([['c11', 'c10'], 5, undefined]);
    });

    it('pages through everything, forwards and back, whatever is asked for', async () => {
      const calls: Call[] = Array.from({ length: 40 }, (_, number) => ({
        id: `call-${(number * 7) % 40}`,
        ...(number % 9 === 0 ? {} : { at: number % 5 }),
        caller: `+1${number % 3}0`,
        agent: ['john', 'paul', 'ringo'][number % 3] ?? '',
        partitions: ['/a/b', '/a', '/c'][number % 3] ?? '',
        region: number % 4 === 0 ? 'west' : 'r',
      }));
      await insert(...calls);
      const search = fc.record(
        {
          callerPhoneNumber: fc.constantFrom('100', '1*', '*0', '1*0', '120'),
          owners: fc.subarray(['agent:john', 'agent:paul', 'partition:/a', 'partition:/'], { minLength: 1 }),
          startedFrom: fc.constantFrom(noon, noon + hour),
          startedBefore: fc.constantFrom(noon + 3 * hour, noon + 9 * hour),
        },
        { requiredKeys: [] },
      );
      const pages = fc.record({ limit: fc.integer({ min: 1, max: 12 }), examine: fc.integer({ min: 1, max: 30 }) });
      await fc.assert(
        fc.asyncProperty(
          search,
          pages,
          fc.constantFrom('older' as const, 'newer' as const),
          async (asked, size, towards) => {
            const expected = await ids(asked, { towards });
            const seen: string[] = [];
            let position: SearchPosition | undefined;
            for (let page = 0; page < 100; page++) {
              const window = { ...size, towards, ...(position && { position }) };
              const answer = await store().recordingSearch.search({ ...all, ...asked }, window);
              seen.push(...idsOf(answer));
              expect(answer.recordings.length).toBeLessThanOrEqual(size.limit);
              expect(answer.examined).toBeLessThanOrEqual(size.examine);
              position = answer.rest;
              if (position === undefined) break;
            }
            expect(seen).toEqual(expected);
          },
        ),
        { numRuns: 60 },
      );
    });

    it('has everything that was inserted, and nothing is left to put in', async () => {
      await insert({ id: 'a', at: 1 });
      expect(await store().recordingSearch.isComplete('cc')).toBe(true);
      expect(await store().recordingSearch.indexMissing(10)).toBe(0);
    });

    it('keeps no recording that was refused', async () => {
      await insert({ id: 'a', at: 1 });
      await expect(insert({ id: 'a', at: 2 })).rejects.toMatchObject({ code: 'RCS_RECORDING_EXISTS' });
      expect(await ids({})).toEqual(['a']);
    });
  });
});
