import type { Recording } from '../recordings/recording.js';
import type { RecordingSearch, SearchPage, SearchPosition, SearchWindow } from './recording-search-store.js';
import { numberPatterns, searchPlan, type NumberPatterns, type SearchPlan } from './search-plan.js';

/** A row of the index. */
export interface SearchCandidate extends SearchPosition {
  readonly region: string;
  readonly caller: string;
  readonly dialed: string;
}

/** A stretch of the index: rows of the plan within the times that are asked for, from a position on. */
export interface SearchStretch {
  readonly plan: SearchPlan;
  readonly search: RecordingSearch;
  readonly position: SearchPosition | undefined;
  readonly towards: SearchWindow['towards'];
  readonly count: number;
}

/** The index, as a database has it. */
export interface SearchIndex {
  /** Whether no more than `sortedRows` recordings have a number that begins so. */
  isRare(contactCenter: string, by: 'caller' | 'dialed', prefix: string): Promise<boolean>;
  candidates(stretch: SearchStretch): Promise<readonly SearchCandidate[]>;
  /** Whether a recording belongs to one of the owners. */
  belongsTo(search: RecordingSearch, candidate: SearchCandidate): Promise<boolean>;
  documents(ids: readonly string[]): Promise<readonly Recording[]>;
}

const stretchRows = 250;

/** Goes through the index until the page is full, the index ends, or as many rows were looked at as may be. */
export async function searchPage(
  search: RecordingSearch,
  window: SearchWindow,
  index: SearchIndex,
): Promise<SearchPage> {
  const patterns = numberPatterns(search);
  const plan = await searchPlan(search, patterns, (by, prefix) => index.isRare(search.contactCenter, by, prefix));
  const found: string[] = [];
  let { position } = window;
  let examined = 0;
  let isOver = false;
  while (!isOver && found.length < window.limit && examined < window.examine) {
    const count = Math.min(stretchRows, window.examine - examined);
    // One more, which tells whether and where it goes on.
    const rows = await index.candidates({ plan, search, position, towards: window.towards, count: count + 1 });
    let next = 0;
    for (const row of rows.slice(0, count)) {
      if (found.length === window.limit) break;
      next++;
      if (isAskedFor(row, search, patterns) && (await isOwned(row, search, plan, index))) found.push(row.id);
    }
    examined += next;
    isOver = next === rows.length;
    position = rows[window.towards === 'older' ? next : next - 1];
  }
  const recordings = await inOrder(found, index);
  return { recordings, examined, ...(isOver || position === undefined ? {} : { rest: position }) };
}

function isAskedFor(row: SearchCandidate, { region }: RecordingSearch, { caller, dialed }: NumberPatterns): boolean {
  if (row.region !== region) return false;
  return (caller?.matches(row.caller) ?? true) && (dialed?.matches(row.dialed) ?? true);
}

async function isOwned(row: SearchCandidate, search: RecordingSearch, plan: SearchPlan, index: SearchIndex) {
  return search.owners === undefined || plan.by === 'owners' || index.belongsTo(search, row);
}

/** One that was removed meanwhile is left out. */
async function inOrder(ids: readonly string[], index: SearchIndex): Promise<readonly Recording[]> {
  if (ids.length === 0) return [];
  const documents = new Map((await index.documents(ids)).map(recording => [recording.id, recording]));
  return ids.flatMap(id => documents.get(id) ?? []);
}
