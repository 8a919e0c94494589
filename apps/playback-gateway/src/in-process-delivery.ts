import { requireSections, type RedisConnection, type ServiceContext, type WatchedSockets } from '#platform';
import type { InProcessWorker } from '../../decrypt-worker/src/in-process.js';

/**
 * The worker in this process, where the operator chose that. The one place that puts two programs together: its code is
 * loaded only then.
 */
export async function inProcessWorker(
  context: ServiceContext,
  shared: { readonly redis: RedisConnection; readonly sockets: WatchedSockets },
): Promise<InProcessWorker | undefined> {
  if (context.configuration.serverSettings.delivery !== 'in-process') return undefined;
  const configuration = requireSections(context.configuration, 'decryptWorker', 'internalTls', 'redis');
  const { startInProcess } = await import('../../decrypt-worker/src/in-process.js');
  return startInProcess(context, configuration, shared);
}
