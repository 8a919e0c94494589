import type { RedisConnection } from '#platform';

/** What a Redis server has done since it started. */
export async function redisUsage(redis: RedisConnection) {
  const info = await redis.info();
  const value = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return {
    /** Seconds. */
    at: Number(process.hrtime.bigint()) / 1e9,
    commands: value('total_commands_processed'),
    cpu: value('used_cpu_sys') + value('used_cpu_user'),
    out: value('total_net_output_bytes'),
    memory: value('used_memory'),
  };
}
