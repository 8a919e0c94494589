import type { RecordingSearch, SearchPage, SearchWindow } from '#store';
import { PagesByTime, recordingsOfPage } from './recording-pages.js';

const recording = (number: number) => ({
  id: `R${number}`,
  contactCenter: 'cc-1',
  region: 'emea',
  mediaFiles: [],
});

/** As an index of so many recordings answers; it notes what it was asked for. */
function pagesOf(count: number) {
  const asked: (RecordingSearch & SearchWindow)[] = [];
  const search = (wanted: RecordingSearch, window: SearchWindow): Promise<SearchPage> => {
    asked.push({ ...wanted, ...window });
    const first = window.position === undefined ? 0 : Number(window.position.id.slice(1));
    const recordings = Array.from({ length: Math.min(window.limit, count - first) }, (_, index) =>
      recording(first + index),
    );
    const behind = first + recordings.length;
    const rest = behind < count ? { rest: { startTime: -behind, id: `R${behind}` } } : {};
    return Promise.resolve({ recordings, examined: recordings.length, ...rest });
  };
  return { pages: new PagesByTime({ search }, 'emea'), asked };
}

describe(PagesByTime.name, () => {
  it('goes through the recordings of its region, each once, and ends', async () => {
    const count = 2 * recordingsOfPage + 7;
    const { pages, asked } = pagesOf(count);
    let found = 0;
    let after = '';
    do {
      const { recordings, next = '' } = await pages.behind('cc-1', after);
      found += recordings.length;
      after = next;
    } while (after !== '');
    expect(found).toBe(count);
    expect(asked).toHaveLength(3);
    for (const one of asked) expect(one).toMatchObject({ contactCenter: 'cc-1', region: 'emea', towards: 'older' });
  });

  it('refuses a place that it has not named', async () => {
    await expect(pagesOf(1).pages.behind('cc-1', 'nonsense')).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
  });
});
