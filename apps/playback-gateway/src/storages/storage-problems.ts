import { storageProblems as problemsOfWorkers } from '#contracts';

/** What may be the matter with a storage: as a worker sees it, or before one is asked. */
export const storageProblems = [...problemsOfWorkers, 'credentials-unreadable', 'not-checked'] as const;
export type StorageProblem = (typeof storageProblems)[number];

/** For who looks after the recordings, not after the machines: nothing of addresses and options. */
export const plainWords: Readonly<Record<StorageProblem, string>> = {
  unreachable: 'Nothing answers there, as far as the worker can see.',
  untrusted: 'Its certificate is expired, for another host, or of no authority that the worker trusts.',
  'too-slow': 'It did not answer in time.',
  'credentials-refused': 'It refuses the user name and the password, or the right to read.',
  'folder-missing': 'It answers, but the folder of the storage is not there.',
  failing: 'It answers with errors.',
  'credentials-unreadable': 'Its credentials were kept under another master key: set them again.',
  'not-checked': 'No worker could look.',
};
