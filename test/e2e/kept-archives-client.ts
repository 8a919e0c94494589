import type { RunningCluster } from '#test/cluster/running-cluster.js';
import type { KeptArchiveAnswer } from '../../apps/rcsctl/src/archive/kept-archives.js';
import { ArchiveJobsClient } from './archive-jobs-client.js';
import { bodyOf } from './certificate-administrator.js';
import type { CurlClient } from './curl-client.js';

/** What an administrator of certificates asks of archives that were made, with curl. */
export class KeptArchivesClient {
  private readonly http: ArchiveJobsClient;

  constructor(cluster: RunningCluster, client: CurlClient) {
    this.http = new ArchiveJobsClient(cluster, client);
  }

  async list(certificate?: string): Promise<readonly KeptArchiveAnswer[]> {
    const which = certificate === undefined ? '' : `?certificate=${certificate}`;
    const answer = await this.http.ask('GET', `kept-archives${which}`);
    if (answer.status !== 200) throw new Error(answer.body.toString());
    return bodyOf<{ archives: KeptArchiveAnswer[] }>(answer).archives;
  }

  /** What the audit has of the release of an archive, as text; empty where there was none. */
  async auditedRelease(id: string): Promise<string> {
    const answer = await this.http.ask('GET', 'audit?order=newest-first&limit=100');
    const releases = answer.body.toString().split('archive-released').slice(1);
    return releases.filter(record => record.includes(id)).join();
  }

  /** The status of the answer. */
  async release(id: string, reason = 'burnt', who = 'alice'): Promise<number> {
    return (await this.http.ask('POST', `kept-archives/${id}/release`, { reason }, who)).status;
  }
}
