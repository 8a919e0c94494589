import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { connectRedis, createLogger, type RedisConnection, type RedisSettings } from '#platform';
import { redisTls } from '#tls';
import { SecuredCluster } from './secured-cluster.js';

/** A Redis that somebody attacks who has the password of it, and nothing else. */
export interface AttackedRedis {
  /** For the services. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whoever attacks. @param dataDirectory of the services */
  connect(dataDirectory: string): RedisConnection;
  stop(): Promise<void>;
}

/** That of the quickstart, or, where the environment says `TEST_REDIS_LAYOUT=cluster`, a Redis Cluster with TLS and ACL users. */
export async function attackedRedis(): Promise<AttackedRedis> {
  if (process.env['TEST_REDIS_LAYOUT'] !== 'cluster')
    return { environment: {}, connect: ofQuickstart, stop: () => Promise.resolve() };
  const cluster = await SecuredCluster.start();
  return {
    environment: cluster.environment,
    connect: () => connected(cluster.settings),
    stop: () => cluster.stop(),
  };
}

type Where = Omit<RedisSettings, 'redisTrustedCA' | 'connectTimeoutMs' | 'commandTimeoutMs' | 'keyPrefix'> &
  Partial<RedisSettings>;

function connected(where: Where): RedisConnection {
  const bounds = { redisTrustedCA: true, connectTimeoutMs: 10_000, commandTimeoutMs: 10_000, keyPrefix: '' };
  const settings = { ...bounds, ...where };
  return connectRedis(settings, createLogger('test', 'test', 'silent'), redisTls(settings));
}

function ofQuickstart(dataDirectory: string): RedisConnection {
  const { redis } = parse(readFileSync(join(dataDirectory, 'application.yaml'), 'utf8')) as {
    redis: { url: string; password: { file: string } };
  };
  return connected({ url: redis.url, password: readFileSync(redis.password.file, 'utf8').trim() });
}
