import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import type { Logger } from '../logging/logger.js';
import { LogLevel } from '../logging/log-level.js';
import { describeError } from '../errors/rcs-error.js';
import { boundListener } from '../listener/bound-listener.js';
import { answerBrokenRequest } from '../listener/broken-request.js';
import { exactPath } from '../listener/exact-path.js';
import { ListenerMetrics } from '../metrics/listener-metrics.js';
import type { MetricsPage } from '../metrics/metrics-registry.js';
import { answerLogLevel, type EndpointAnswer } from './log-level.endpoint.js';
import type { Readiness } from './readiness.js';
import { answerRoutes, type PublicRoute } from './routes.endpoint.js';

/** Monitoring, probes and operators: a few connections each. */
const maxConnections = 256;
/** Of every answer, milliseconds; the readiness checks and the metrics have less. */
const answerTimeoutMs = 10_000;

/** `/metrics`, `/health/live`, `/health/ready`, `/log-level` and `/routes` on a port of their own, never reachable through the public one. */
export class ManagementServer {
  private readonly server: Server;

  constructor(
    private readonly page: MetricsPage,
    private readonly readiness: Readiness,
    private readonly logger: Logger,
    private readonly logLevel: LogLevel = new LogLevel(logger, 'info'),
    private readonly routes: readonly PublicRoute[] = [],
    listeners = new ListenerMetrics(new Registry()),
  ) {
    this.server = createServer(
      { requestTimeout: 5000, headersTimeout: 5000, maxHeaderSize: 8192 },
      (request, response) => {
        const late = setTimeout(() => response.destroy(), answerTimeoutMs);
        response.once('close', () => clearTimeout(late));
        this.answer(request, response).catch((error: unknown) => {
          this.logger.error({ error: describeError(error) }, 'management request failed');
          response.destroy();
        });
      },
    );
    this.server.on('clientError', answerBrokenRequest(logger));
    boundListener(this.server, { name: 'management', maxConnections }, listeners);
  }

  async listen(host: string, port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    const address = this.server.address() as AddressInfo;
    return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>(resolve => this.server.close(() => resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const endpoint = exactPath(request);
    if (endpoint === '/log-level') {
      sendJson(request, response, await answerLogLevel(request, this.logLevel));
      return;
    }
    if (endpoint === '/routes') {
      sendJson(request, response, answerRoutes(request, this.routes));
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      if (!request.complete) response.setHeader('connection', 'close');
      send(response, 405, 'text/plain', 'GET only\n');
      return;
    }
    switch (endpoint) {
      case '/metrics': {
        send(response, 200, this.page.contentType, await this.page.metrics());
        return;
      }
      case '/health/live': {
        send(response, 200, 'application/json', '{"status":"alive"}\n');
        return;
      }
      case '/health/ready': {
        const report = await this.readiness.report();
        send(response, report.ready ? 200 : 503, 'application/json', `${JSON.stringify(report)}\n`);
        return;
      }
      default: {
        send(response, 404, 'text/plain', 'not found\n');
        return;
      }
    }
  }
}

function sendJson(request: IncomingMessage, response: ServerResponse, { status, body, headers }: EndpointAnswer): void {
  if (!request.complete) response.setHeader('connection', 'close');
  send(response, status, 'application/json', `${JSON.stringify(body)}\n`, headers);
}

function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...headers, 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
