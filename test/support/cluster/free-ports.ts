import { reservePort } from '#platform';

/** Ports that nobody has just now, all different. */
export function freePorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, () => reservePort()));
}
