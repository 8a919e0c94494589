import type { ReadyLine } from '../support/cluster/running-cluster.js';
import { components, Counters } from './cluster-counters.js';

/** Processor time that gateway, vault and workers have used so far, milliseconds. */
export async function servicesCpuMs(management: ReadyLine['management']): Promise<number> {
  const counters = await Counters.read(management);
  return components.reduce((sum, name) => sum + counters.sum(name, 'process_cpu_seconds_total') * 1000, 0);
}
