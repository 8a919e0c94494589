import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { answerOf } from '#test/waiting/wait-for.js';
import { within } from '#test/waiting/within.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';

/**
 * The cluster of the quickstart with more storages than its own. That one comes first, so that paths lie there; what lies in
 * another is named by its URL. Its port has to be known before the cluster starts: the list of storages is one option.
 */
export async function startClusterOn(
  repository: string,
  dataDirectory: string,
  storages: readonly object[],
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningCluster> {
  const webdav = await freePort();
  mkdirSync(dataDirectory, { recursive: true });
  writeFileSync(join(dataDirectory, 'ports.json'), JSON.stringify({ webdav }));
  const own = {
    url: `http://127.0.0.1:${webdav}/recordings`,
    userName: 'recorder',
    password: { file: join(dataDirectory, 'secrets/webdav-password') },
  };
  return startCluster(repository, dataDirectory, {
    RCS_MEDIA_STORAGES: JSON.stringify([own, ...storages]),
    ...environment,
  });
}

/** Not reserved by this process: the quickstart would take another one then. */
async function freePort(): Promise<number> {
  return answerOf('a free port', aPort, port => port > 0);
}

async function aPort(): Promise<number> {
  const port = randomInt(10_000, 32_000);
  const server = createServer();
  try {
    await within('a listener', once(server.listen(port, '127.0.0.1'), 'listening'));
    await within('its end', once(server.close(), 'close'));
    return port;
  } catch {
    // Somebody has it.
    return 0;
  }
}
