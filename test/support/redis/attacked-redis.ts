import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { connectRedis, createLogger, type RedisConnection, type RedisSettings } from '#platform';
import { redisTls } from '#tls';
import { SecuredCluster } from './secured-cluster.js';
import { adminPassword, WatchedRedis } from './watched-redis.js';

/** A Redis that somebody attacks who has the password of it, and nothing else. */
export interface AttackedRedis {
  /** For the services. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whoever attacks. @param dataDirectory of the services */
  connect(dataDirectory: string): RedisConnection;
  stop(): Promise<void>;
}

/**
 * That of the quickstart, or what the environment names as `TEST_REDIS_LAYOUT`: `cluster`, with TLS and ACL users, or
 * `sentinels`, which watch a primary and its replica.
 */
export async function attackedRedis(): Promise<AttackedRedis> {
  const { TEST_REDIS_LAYOUT: layout } = process.env;
  if (layout === 'cluster') return ofCluster();
  if (layout === 'sentinels') return behindSentinels();
  return { environment: {}, connect: ofQuickstart, stop: () => Promise.resolve() };
}

async function behindSentinels(): Promise<AttackedRedis> {
  const watched = await WatchedRedis.start();
  return {
    environment: watched.environment,
    connect: () => connected({ url: `redis://127.0.0.1:${watched.primary.port}`, password: adminPassword }),
    stop: () => watched.stop(),
  };
}

async function ofCluster(): Promise<AttackedRedis> {
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
