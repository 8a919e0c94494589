import { freePorts } from '../../support/cluster/free-ports.js';
import type { ReadyLine } from '../../support/cluster/running-cluster.js';
import { startSecondGateway } from '../../support/cluster/second-gateway.js';
import { servicesCpuMs } from '../services-cpu.js';

export interface GatewaysAtOnePort {
  readonly url: string;
  /** Processor time of these gateways, the vault and the cluster's workers so far, milliseconds. */
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
}

/** Two gateways of a running cluster, each with its worker in itself, which the system divides connections among. */
export async function startGatewaysAtOnePort(
  name: string,
  ready: ReadyLine,
  environment: Readonly<Record<string, string>>,
): Promise<GatewaysAtOnePort> {
  const [port] = await freePorts(1);
  const shared = {
    ...environment,
    RCS_SERVER_SETTINGS__DELIVERY: 'in-process',
    RCS_SERVER_SETTINGS__LISTEN__PORT: String(port),
    RCS_SERVER_SETTINGS__LISTEN__REUSE_PORT: 'true',
  };
  const first = await startSecondGateway(process.cwd(), ready, shared, `${name}-1`);
  const second = await startSecondGateway(process.cwd(), ready, shared, `${name}-2`);
  return {
    url: first.url,
    cpuMs: () => servicesCpuMs({ ...ready.management, gateway: first.management }, [second.management]),
    stop: async () => {
      await Promise.all([first.stop(), second.stop()]);
    },
  };
}
