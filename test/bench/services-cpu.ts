import type { ReadyLine } from '../support/cluster/running-cluster.js';
import { components, Counters } from './cluster-counters.js';

/**
 * Processor time that gateway, vault and workers have used so far, milliseconds.
 * @param gateways further ones, base URLs of their management ports
 */
export async function servicesCpuMs(
  management: ReadyLine['management'],
  gateways: readonly string[] = [],
): Promise<number> {
  const counters = await Counters.read(management, gateways);
  return components.reduce((sum, name) => sum + counters.sum(name, 'process_cpu_seconds_total') * 1000, 0);
}
