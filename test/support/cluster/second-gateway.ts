import { join } from 'node:path';
import { allocatorSettings } from '#platform';
import { freePorts } from './free-ports.js';
import { Replica } from './replica.js';
import type { ReadyLine } from './running-cluster.js';

export interface SecondGateway {
  readonly url: string;
  /** Base URL of its management port. */
  readonly management: string;
  stop(): Promise<unknown>;
  /** SIGKILL: as if its machine were lost. */
  kill(): Promise<void>;
  /** Starts it again in its place, once it was killed or stopped. */
  again(): Promise<void>;
}

/**
 * Another gateway of a running cluster: same store, same Redis, same vault, its own ports.
 * @param name of its log, where there are several
 */
export async function startSecondGateway(
  repository: string,
  { dataDir, gateway }: ReadyLine,
  environment: Readonly<Record<string, string>> = {},
  name = 'second-gateway',
): Promise<SecondGateway> {
  const [port, managementPort] = await freePorts(2);
  const tls = join(dataDir, 'internal-tls');
  const replica = new Replica({
    name,
    role: 'playback-gateway',
    repository,
    management: `http://127.0.0.1:${managementPort}`,
    logFile: join(dataDir, 'logs', `${name}.log`),
    environment: {
      ...process.env,
      ...allocatorSettings,
      RCS_CONFIG: join(dataDir, 'application.yaml'),
      RCS_INTERNAL_TLS__CA_FILE: join(tls, 'ca.pem'),
      RCS_INTERNAL_TLS__CERTIFICATE_FILE: join(tls, 'playback-gateway.pem'),
      RCS_INTERNAL_TLS__KEY_FILE: join(tls, 'playback-gateway.key'),
      RCS_DECRYPT_WORKER__LISTEN__PORT: '0',
      RCS_SERVER_SETTINGS__LISTEN__PORT: String(port),
      RCS_SERVER_SETTINGS__MANAGEMENT__PORT: String(managementPort),
      ...environment,
    },
  });
  await replica.start();
  const url = new URL(gateway);
  url.port = environment.RCS_SERVER_SETTINGS__LISTEN__PORT ?? String(port);
  const { management } = replica.definition;
  return {
    url: url.origin,
    management,
    stop: () => replica.stop(),
    kill: () => replica.kill(),
    again: () => replica.start(),
  };
}
