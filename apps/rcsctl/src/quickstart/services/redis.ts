import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptsConnections } from './probe.js';
import { SupervisedProcess } from './supervised-process.js';

export interface RedisOptions {
  readonly directory: string;
  readonly logFile: string;
  readonly port: number;
  readonly password: string;
}

/** A Redis of our own: loopback only, with a password, nothing written to disk. */
export function startRedis({ directory, logFile, port, password }: RedisOptions): Promise<SupervisedProcess> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const configuration = join(directory, 'redis.conf');
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${JSON.stringify(directory)}`,
    `requirepass ${password}`,
    'daemonize no',
    'save ""',
    'appendonly no',
    'maxmemory 64mb',
    'maxmemory-policy noeviction',
  ];
  writeFileSync(configuration, `${lines.join('\n')}\n`, { mode: 0o600 });
  return SupervisedProcess.start({
    name: 'redis',
    program: 'redis-server',
    args: [configuration],
    environment: { PATH: '/usr/bin:/bin' },
    workingDirectory: directory,
    logFile,
    isReady: () => acceptsConnections(port),
  });
}
