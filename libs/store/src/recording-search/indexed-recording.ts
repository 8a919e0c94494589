import { ownersOf } from '../recordings/recording-owners.js';
import type { Recording } from '../recordings/recording.js';
import { epochMilliseconds } from '../recordings/stored-recording.js';
import { ownerKey } from './owner-key.js';
import { alphanumeric } from './phone-number-pattern.js';
import type { SearchPosition } from './recording-search-store.js';

/** Sorts behind every time: of recordings whose start nobody knows. */
export const withoutStart = -8_640_000_000_000_000;

/** What a recording is found by. */
export interface IndexedRecording {
  readonly contactCenter: string;
  readonly id: string;
  readonly region: string;
  /** Milliseconds since 1970-01-01T00:00:00Z, or `withoutStart`. */
  readonly startTime: number;
  /** Letters and digits alone; empty where there is no number. */
  readonly caller: string;
  readonly dialed: string;
  readonly owners: readonly string[];
}

export function indexedRecording(recording: Recording): IndexedRecording {
  const { agents, partitions } = ownersOf(recording);
  return {
    contactCenter: recording.contactCenter,
    id: recording.id,
    region: recording.region,
    startTime: epochMilliseconds(recording.startTime) ?? withoutStart,
    caller: alphanumeric(recording.callerPhoneNumber ?? ''),
    dialed: alphanumeric(recording.dialedPhoneNumber ?? ''),
    owners: [...new Set([...agents.map(ownerKey.agent), ...partitions.flatMap(ownerKey.partitionAndAbove)])],
  };
}

/** Where a recording stands in the results of searches. */
export const searchPositionOf = ({ id, startTime }: Recording): SearchPosition => ({
  startTime: epochMilliseconds(startTime) ?? withoutStart,
  id,
});
