import type { Server } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { ListenerMetrics } from '../metrics/listener-metrics.js';
import { trackAnswers } from './open-answers.js';

export interface ListenerBounds {
  /** The name of the port in the metrics. */
  readonly name: string;
  /** Connections that may be open at once, before anybody knows whose they are. */
  readonly maxConnections: number;
}

/**
 * Bounds what anybody may take of a port before a request is there: a connection over the limit is closed as it is made,
 * and counted; one that fails before TLS is agreed ends whatever else was written to it.
 */
export function boundListener(
  server: Server,
  { name, maxConnections }: ListenerBounds,
  metrics: ListenerMetrics,
): void {
  server.maxConnections = maxConnections;
  server.on('drop', () => metrics.refused(name));
  server.on('tlsClientError', (_error: Error, socket: TLSSocket) => socket.destroy());
  trackAnswers(server);
  metrics.observe(name, server);
}
