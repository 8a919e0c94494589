import type { Logger } from '../logging/logger.js';

/** The last day of support of the lines of Node with long-term support (https://github.com/nodejs/release#release-schedule). */
const endOfSupport: ReadonlyMap<number, string> = new Map([
  [20, '2026-04-30'],
  [22, '2027-04-30'],
  [24, '2028-04-30'],
  [26, '2029-04-30'],
]);
const newestKnown = Math.max(...endOfSupport.keys());

/** Why nobody mends this version of Node any more; undefined as long as somebody does. */
export function outOfSupport(version: string, today: Date): string | undefined {
  const line = Number(/^v?(\d+)\./.exec(version)?.[1]);
  const last = endOfSupport.get(line);
  if (last !== undefined) {
    return today.toISOString().slice(0, 10) > last ? `support of Node ${line} ended on ${last}` : undefined;
  }
  return line > newestKnown ? undefined : `Node ${line} has no long-term support`;
}

/** Says at start that the Node below this process gets no security releases any more. */
export function warnOfUnsupportedRuntime(logger: Logger): void {
  const reason = outOfSupport(process.version, new Date());
  if (reason !== undefined) logger.warn({ node: process.version, reason }, 'this Node gets no security releases');
}
