import type { Recording, User } from '#store';
import type { ReadableRecordings } from '../authorisation/readable-recordings.js';
import type { FoundRecordings, RecordingSearchService } from '../recordings/recording-search.service.js';
import { archiveRequestSchema } from './archive-request.schema.js';
import { ArchiveSelection } from './archive-selection.js';

const user = { name: 'anthony', contactCenter: 'cc-1' } as User;
const recordingOf = (id: string) => ({ id }) as Recording;

/** Answers these pages, one after the other. */
function selectionOf(...pages: readonly FoundRecordings[]) {
  const waiting = [...pages];
  const finder = { search: () => Promise.resolve(waiting.shift()) };
  return new ArchiveSelection({} as ReadableRecordings, finder as unknown as RecordingSearchService);
}

const asked = archiveRequestSchema.parse({ reason: 'of a test', age: { minimumDays: 30 } });

describe(ArchiveSelection.name, () => {
  it('goes through all pages of what is found', async () => {
    const next = { startTime: 1, id: 'a' };
    const first = { recordings: [recordingOf('a')], isComplete: true, next };
    const selection = selectionOf(first, { recordings: [recordingOf('b')], isComplete: true });
    const found: string[] = [];
    for await (const { id } of await selection.of(user, asked)) found.push(id);
    expect(found).toEqual(['a', 'b']);
  });

  it('refuses, before anything is answered, while some cannot be found yet', async () => {
    const selection = selectionOf({ recordings: [recordingOf('a')], isComplete: false });
    await expect(selection.of(user, asked)).rejects.toMatchObject({ code: 'RCS_SEARCH_INCOMPLETE' });
  });
});

describe('behind a place', () => {
  const places = async (selection: ArchiveSelection, request: object, position?: string) => {
    const asked = archiveRequestSchema.parse({ reason: 'of a test', ...request });
    const found: [string, string][] = [];
    for await (const one of await selection.behind(user, asked, position)) found.push([one.recording.id, one.position]);
    return found;
  };
  const age = { age: { minimumDays: 30 } };

  it('goes on behind a recording of a search, whether that is still there or not', async () => {
    const all = () => ({ recordings: ['b', 'a'].map(recordingOf), isComplete: true });
    const [first] = await places(selectionOf(all()), age);
    expect((await places(selectionOf(all()), age, first![1])).map(([id]) => id)).toEqual(['a']);
    const rest = { recordings: [recordingOf('a')], isComplete: true };
    expect((await places(selectionOf(rest), age, first![1])).map(([id]) => id)).toEqual(['a']);
  });

  it('goes on behind a recording of a list', async () => {
    const list = { recordings: ['x', 'y', 'x', 'z'] };
    expect(await places(selectionOf(), list, '1')).toEqual([
      ['y', '2'],
      ['z', '3'],
    ]);
  });
});
