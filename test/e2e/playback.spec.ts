import { joinCluster } from '#test/cluster/joined-cluster.js';
import { describePlayback } from './described-playback.js';

jest.setTimeout(300_000);

describePlayback(joinCluster);
