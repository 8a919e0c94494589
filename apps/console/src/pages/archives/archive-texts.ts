import type { Formats } from '../../texts/use-formats.js';
import type { Translate } from '../../texts/texts.js';
import type { BadgeKind } from '../../components/badge.js';
import type { ArchiveJob } from './archive-queries.js';

const kinds: Readonly<Record<ArchiveJob['state'], BadgeKind>> = {
  running: 'neutral',
  paused: 'warning',
  failed: 'danger',
  cancelled: 'neutral',
  done: 'good',
};

/** How the state of a job is shown; one that waits is not what it seems to be. */
export const badgeOf = ({ state, waiting }: ArchiveJob): BadgeKind =>
  state === 'running' && waiting !== undefined ? 'warning' : kinds[state];

/** Jobs that somebody can still do something about. */
export const isOpen = ({ state }: ArchiveJob): boolean => state !== 'done' && state !== 'cancelled';

/** Which recordings a job is about, in words. */
export function selectionText({ selection }: Pick<ArchiveJob, 'selection'>, t: Translate, { time }: Formats): string {
  const { recordings, search } = selection;
  if (Array.isArray(recordings)) return t('archives.chosen', { count: recordings.length });
  const criteria = (search ?? {}) as Readonly<Record<string, unknown>>;
  const moment = (value: unknown): string | undefined =>
    typeof value === 'number' || typeof value === 'string' ? time(new Date(value).toISOString()) : undefined;
  const [from, until] = [moment(criteria['startTime']), moment(criteria['endTime'])];
  return [
    from === undefined ? [] : t('archives.from', { time: from }),
    until === undefined ? [] : t('archives.until', { time: until }),
    ...(['callerPhoneNumber', 'dialedPhoneNumber', 'userName'] as const).map(name => {
      const value = criteria[name];
      return typeof value === 'string' ? t(`archives.by.${name}`, { value }) : [];
    }),
  ]
    .flat()
    .join(', ');
}
