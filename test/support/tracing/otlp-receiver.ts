import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { within } from '#test/waiting/within.js';

export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string };
}
interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<ReceivedSpan, 'service' | 'attributes'> & {
        readonly attributes: readonly KeyValue[];
      })[];
    }[];
  }[];
}

/** The receiving end of OTLP/HTTP with JSON, on a free port of the loopback interface. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly paths = new Set<string>();
  readonly apiKeys = new Set<string | undefined>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtlpReceiver> {
    const server = createServer();
    const receiver = new OtlpReceiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        receiver.paths.add(request.url ?? '');
        receiver.apiKeys.add(request.headers['x-api-key'] as string | undefined);
        receiver.take(JSON.parse(Buffer.concat(chunks).toString()) as OtlpBody);
        response.setHeader('content-type', 'application/json');
        response.end('{}');
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/traces`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await within('the receiver to close', new Promise(resolve => this.server.close(resolve)));
  }

  private take({ resourceSpans }: OtlpBody): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(valuesOf(resource.attributes)['service.name']);
      for (const { name, kind, traceId, spanId, parentSpanId, attributes } of scopeSpans.flatMap(({ spans }) => spans))
        this.spans.push({ service, name, kind, traceId, spanId, parentSpanId, attributes: valuesOf(attributes) });
    }
  }
}

const valuesOf = (attributes: readonly KeyValue[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));
