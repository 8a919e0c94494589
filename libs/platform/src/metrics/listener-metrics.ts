import type { Server } from 'node:net';
import { Counter, Gauge, type Registry } from 'prom-client';

/** What every port of a process counts about its connections. */
export class ListenerMetrics {
  private readonly connectionsRefused: Counter<'listener'>;
  private readonly servers = new Map<string, Server>();

  constructor(registry: Registry) {
    this.connectionsRefused = new Counter({
      name: 'rcs_listener_connections_refused_total',
      help: 'Connections closed as they were made, because the port had as many as it may have.',
      labelNames: ['listener'],
      registers: [registry],
    });
    const { servers } = this;
    new Gauge({
      name: 'rcs_listener_connections',
      help: 'Open connections of a port.',
      labelNames: ['listener'],
      registers: [registry],
      async collect() {
        for (const [listener, server] of servers) this.set({ listener }, await connectionsOf(server));
      },
    });
  }

  /** A connection was refused by the listener of this name. */
  refused(listener: string): void {
    this.connectionsRefused.inc({ listener });
  }

  /** Counts the connections of this server from now on. */
  observe(listener: string, server: Server): void {
    this.servers.set(listener, server);
    this.connectionsRefused.inc({ listener }, 0);
  }
}

const connectionsOf = (server: Server): Promise<number> =>
  new Promise(resolve => server.getConnections((error, count) => resolve(error === null ? count : 0)));
