import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { within } from '#test/waiting/within.js';

/** A log as it came; what the specification of OTLP demands of its JSON was checked. */
export interface ReceivedLog {
  readonly time: string;
  readonly eventName: string;
  readonly severity: number;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | number>>;
}

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string };
}
interface LogsRequest {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeLogs: readonly {
      readonly scope: { readonly name: string };
      readonly logRecords: readonly {
        readonly timeUnixNano: string;
        readonly eventName: string;
        readonly severityNumber: number;
        readonly body: { readonly stringValue: string };
        readonly attributes: readonly KeyValue[];
      }[];
    }[];
  }[];
}

/** The receiving end of logs over OTLP/HTTP with JSON, on a port of the loopback interface. */
export class OtlpLogReceiver {
  readonly logs: ReceivedLog[] = [];
  readonly apiKeys = new Set<unknown>();
  readonly services = new Set<unknown>();
  /** Refuses with this status instead of taking anything. */
  refusing: number | undefined;
  refused = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtlpLogReceiver> {
    const server = createServer();
    const receiver = new OtlpLogReceiver(server);
    server.on('request', (request, response) => {
      void json(request).then(body => {
        response.statusCode = receiver.statusFor(request.method, request.url, request.headers['content-type']);
        if (response.statusCode === 200) {
          receiver.apiKeys.add(request.headers['x-api-key']);
          receiver.take(body as LogsRequest);
        } else receiver.refused += 1;
        response.setHeader('content-type', 'application/json');
        response.end('{}');
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/logs`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await within('the receiver to close', new Promise(resolve => this.server.close(resolve)));
  }

  private statusFor(method = '', url = '', type = ''): number {
    const isRight = method === 'POST' && url === '/v1/logs' && type === 'application/json';
    return isRight ? (this.refusing ?? 200) : 400;
  }

  private take({ resourceLogs }: LogsRequest): void {
    for (const { resource, scopeLogs } of resourceLogs) {
      this.services.add(valuesOf(resource.attributes)['service.name']);
      for (const { timeUnixNano, eventName, severityNumber, body, attributes } of scopeLogs.flatMap(
        ({ logRecords }) => logRecords,
      )) {
        if (!/^\d{19}$/.test(timeUnixNano)) throw new Error(`timeUnixNano is ${timeUnixNano}`);
        this.logs.push({
          time: new Date(Number(BigInt(timeUnixNano) / 1_000_000n)).toISOString(),
          eventName,
          severity: severityNumber,
          body: body.stringValue,
          attributes: valuesOf(attributes),
        });
      }
    }
  }
}

const valuesOf = (attributes: readonly KeyValue[]): Record<string, string | number> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));
