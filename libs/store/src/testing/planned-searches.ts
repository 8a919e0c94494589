import type { RecordingSearch, Store } from '../store.js';

const contactCenter = 'cc-1';
const window = { towards: 'older', limit: 100, examine: 5000 } as const;
const start = Date.parse('2026-01-01T00:00:00Z');

/** What is asked of a store that has many records: each has to find its way by an index. */
export function plannedSearches(store: Store): Readonly<Record<string, () => Promise<unknown>>> {
  const find = (search: Partial<RecordingSearch>) => () =>
    store.recordingSearch.search({ contactCenter, region: 'default', ...search }, window);
  return {
    'the records of those who listened to a recording': async () => {
      const records = store.audit.query({ recording: 'recording-77', contactCenter });
      for await (const record of records) if (record.recording !== 'recording-77') throw new Error('another recording');
    },
    'recordings by time': find({ startedBefore: start + 5_000_000 }),
    'recordings of a number': find({ callerPhoneNumber: '4930000077' }),
    'recordings of the beginning of a number': find({ dialedPhoneNumber: '50001*' }),
    'recordings of an agent': find({ owners: ['agent:agent-7'] }),
    'recordings of an agent, and of a partition, by time': find({
      owners: ['agent:agent-7', 'partition:/sales/3'],
      startedBefore: start + 5_000_000,
    }),
  };
}
