import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Java's own keytool. */
export async function keytool(...parameters: readonly string[]): Promise<void> {
  const environment = { ...process.env, JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' };
  await promisify(execFile)('keytool', [...parameters], { env: environment, timeout: 120_000 });
}
