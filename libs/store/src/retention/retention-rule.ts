import type { Recording } from '../recordings/recording.js';
import { epochMilliseconds } from '../recordings/stored-recording.js';

/** How long recordings are kept: all of a contact center, or those of an IVR profile or with a label. */
export interface RetentionRule {
  /** As media files name it. */
  readonly ivrProfile?: string;
  /** Name of a label. A rule has a profile or a label, not both. */
  readonly label?: string;
  /** Days after the start of the recording, from 1 on; null: for ever. */
  readonly days: number | null;
}

/** Keeps the rules of contact centers. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve. */
export interface RetentionStore {
  /** None where nothing expires. */
  rulesOf(contactCenter: string): Promise<readonly RetentionRule[]>;

  /** In the place of those before; they are applied soon. */
  putRules(contactCenter: string, rules: readonly RetentionRule[]): Promise<void>;

  /** Contact centers whose rules are to be applied now, by whoever asks first; again at `nextRun` (ms since the epoch). */
  claimDue(now: number, nextRun: number): Promise<readonly string[]>;

  /**
   * This time, or that of the database where it is earlier, milliseconds since the epoch: what a clock that is ahead takes
   * for over is not, and what is removed does not come back.
   */
  notAhead(now: number): Promise<number>;
}

const dayMs = 24 * 3_600_000;

/**
 * When a recording expires, milliseconds since the epoch: undefined where no rule speaks of it, one says for ever, or nobody
 * knows when it began. A rule of a label beats those of profiles, these beat the one of the contact center; of several of one
 * rank the longest counts.
 */
export function expiryOf(
  recording: Pick<Recording, 'startTime' | 'mediaFiles'>,
  labels: readonly string[],
  rules: readonly RetentionRule[],
): number | undefined {
  const start = epochMilliseconds(recording.startTime);
  if (start === null) return undefined;
  const profiles = recording.mediaFiles.flatMap(({ ivrprofile }) => (ivrprofile === undefined ? [] : [ivrprofile]));
  const ofLabels = rules.filter(({ label }) => label !== undefined && labels.includes(label));
  const ofProfiles = rules.filter(({ ivrProfile }) => ivrProfile !== undefined && profiles.includes(ivrProfile));
  const ofAll = rules.filter(({ label, ivrProfile }) => label === undefined && ivrProfile === undefined);
  const counting = [ofLabels, ofProfiles, ofAll].find(rank => rank.length > 0) ?? [];
  if (counting.length === 0 || counting.some(({ days }) => days === null)) return undefined;
  return start + Math.max(...counting.map(({ days }) => days ?? 0)) * dayMs;
}

/** Recordings that began at this time or later have expired by no rule, milliseconds since the epoch. */
export function earliestStartKept(rules: readonly RetentionRule[], now: number): number | undefined {
  const days = rules.flatMap(rule => (rule.days === null ? [] : [rule.days]));
  return days.length === 0 ? undefined : now - Math.min(...days) * dayMs;
}
