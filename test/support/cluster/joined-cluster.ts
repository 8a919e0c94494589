import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addOperationsAccount } from './operations-account.js';
import { ownContactCenter } from './own-contact-center.js';
import { startCluster, type ReadyLine, type RunningCluster } from './running-cluster.js';

/**
 * A contact center of one's own, for files of tests that neither change what belongs to the whole cluster (configuration,
 * processes, clocks) nor assert on it (counts of metrics, whole logs). `npm test` has one cluster in each lane for all of
 * them (TEST_CLUSTER is its data directory); a file that runs by itself starts one. Whatever the others left in it is
 * none of the file's business: that, too, is tested.
 * @param work a directory of the caller: certificates, keys and the configuration of the command line go there
 */
export async function joinCluster(repository: string, work: string): Promise<RunningCluster> {
  const shared = process.env.TEST_CLUSTER;
  if (shared === undefined) return joined(await startCluster(repository, join(work, 'data')), work);
  const ready = JSON.parse(readFileSync(join(shared, 'ready.json'), 'utf8')) as Omit<ReadyLine, 'operations'>;
  const operations = await addOperationsAccount(ready.dataDir);
  return joined({ ready: { ...ready, operations }, stop: () => Promise.resolve() }, work);
}

async function joined(cluster: RunningCluster, work: string): Promise<RunningCluster> {
  try {
    return { ready: await ownContactCenter(cluster.ready, work), stop: () => cluster.stop() };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
