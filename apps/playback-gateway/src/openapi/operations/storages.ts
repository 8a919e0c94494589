import { z } from 'zod';
import { storageProbeReplySchema } from '#contracts';
import { storageProblems } from '../../storages/storage-problems.js';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';
import { count, time } from '../values.js';

const { reachable, credentials, tls } = storageProbeReplySchema.shape;

const storage = named(
  'StorageState',
  z.strictObject({
    kind: z.string().describe('webDAV, file or rws'),
    location: z.string().describe('base URL'),
    setFor: z.string().optional().describe('where the contact center set it; absent for one of the configuration'),
    active: z.boolean().describe('whether new recordings may lie there'),
    checkedAt: time.describe('when a worker looked'),
    reachable: reachable.optional(),
    credentials: credentials.optional(),
    tls: tls.optional(),
    problem: z.enum(storageProblems).optional().describe('absent where recordings can be read'),
    reason: z.string().optional().describe('the problem in plain words'),
  }),
);
const storages = named(
  'StorageStates',
  z.strictObject({ storages: z.array(storage).max(100), omitted: count.describe('how many more there are') }),
);

/** Whether storages can be read from. */
export const storageStates: FeatureOperations = {
  feature: 'Storages',
  operations: {
    'GET /rcs/storages': {
      summary: 'The storages of the own contact center, and whether recordings can be read from them now',
      description:
        'A worker looks, at most every 15 seconds, by asking for a file that is not there: nothing of recordings is read, and no key is used. Credentials are never answered.',
      caller: 'user',
      answers: { 200: json(storages) },
    },
  },
};
