import { ownerKey } from '../recording-search/owner-key.js';
import type { IndexedRecording } from '../recording-search/indexed-recording.js';
import type { SearchPlan } from '../recording-search/search-plan.js';

const dayMs = 86_400_000;
const time = 'time';
const partitions = ownerKey.partition('/') ?? '';

/** What rows of the index lie under: one partition of Cassandra for each, and for some days. */
export const searchKey = {
  time,
  caller: (number: string): string => `caller:${number}`,
  dialed: (number: string): string => `dialed:${number}`,
};

/** Everything that a recording is found under. */
export function keysOf({ caller, dialed, owners }: IndexedRecording): readonly string[] {
  return [time, searchKey.caller(caller), searchKey.dialed(dialed), ...owners];
}

/** Where rows of a plan lie; a number that is not wholly known is looked for in all of them. */
export function keysOfPlan(plan: SearchPlan): readonly string[] {
  if (plan.by === 'owners') return plan.owners;
  if (plan.by === 'time' || !('number' in plan)) return [time];
  return [searchKey[plan.by](plan.number)];
}

/**
 * Days that lie in one partition of Cassandra: one where everything of a contact center may lie there, a month where it is
 * what one person does.
 */
function daysOf(key: string): number {
  if (key === time || key.startsWith(partitions)) return 1;
  return key.startsWith(ownerKey.agent('')) ? 30 : 7;
}

export const bucketOf = (key: string, startTime: number): number => Math.floor(startTime / (daysOf(key) * dayMs));
