import { answerOf, api } from '../../api/client.js';
import type { ArchiveJob } from './archive-queries.js';

/** The folder that an archive is made into, and the kind of its storage. */
export type Destination = ArchiveJob['destination'];

/** What the fields begin with. */
export const usualDestination: Destination = { storage: 'webDAV', path: 'archives' };

/** Recordings that were chosen one by one, as an archive in a storage. @throws ApiProblem */
export const archiveIntoStorage = (
  recordings: readonly string[],
  reason: string,
  destination: Destination,
): Promise<ArchiveJob> =>
  answerOf(api.POST('/rcs/archive-jobs', { body: { recordings: [...recordings], reason, destination } }));
