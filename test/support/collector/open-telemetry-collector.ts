import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endingWithUs, reservePort, type InternalIdentity } from '#platform';
import { buildGoTools, findGo } from '#test/go/go-tools.js';
import { LoopbackServer } from '#test/servers/loopback-server.js';

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string };
}

/** A log as the collector wrote it down. */
export interface CollectedLog {
  readonly body: string;
  readonly eventName: string;
  readonly severityText: string;
  readonly service: string;
  readonly attributes: Readonly<Record<string, string>>;
}

interface LogsData {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeLogs: readonly {
      readonly logRecords: readonly {
        readonly eventName: string;
        readonly severityText: string;
        readonly body: { readonly stringValue: string };
        readonly attributes: readonly KeyValue[];
      }[];
    }[];
  }[];
}

/**
 * A real OpenTelemetry Collector on a free port of the loopback interface, which takes logs over OTLP/HTTP with TLS and
 * appends them to a file: what it answered is there, also after it was killed.
 */
export class OpenTelemetryCollector {
  private readonly server: LoopbackServer;

  private constructor(
    program: string,
    private readonly directory: string,
    private readonly port: number,
  ) {
    const options = ['--config', `file:${this.configuration}`];
    this.server = new LoopbackServer('the collector', port, () =>
      spawn(...endingWithUs(program, options), { stdio: ['ignore', 'ignore', 'inherit'] }),
    );
  }

  static async start(directory: string, identity: InternalIdentity): Promise<OpenTelemetryCollector> {
    const go = findGo();
    if (go === undefined) throw new Error('the collector is built with Go 1.25 or later');
    const tools = await buildGoTools(go, join(__dirname, 'tools'), ['.']);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'server.pem'), identity.certificatePem);
    writeFileSync(join(directory, 'server.key'), identity.keyPem, { mode: 0o600 });
    writeFileSync(join(directory, 'ca.pem'), identity.caPem);
    const collector = new OpenTelemetryCollector(join(tools, 'collector'), directory, await reservePort());
    collector.configure();
    await collector.begin();
    return collector;
  }

  get endpoint(): string {
    return `https://localhost:${this.port}/v1/logs`;
  }

  get caFile(): string {
    return join(this.directory, 'ca.pem');
  }

  /** All it has, in the order in which it came. */
  logs(): CollectedLog[] {
    if (!existsSync(this.written)) return [];
    const lines = readFileSync(this.written, 'utf8').split('\n');
    return lines.filter(line => line !== '').flatMap(line => logsIn(JSON.parse(line) as LogsData));
  }

  begin(): Promise<void> {
    return this.server.begin();
  }

  end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    return this.server.end(signal);
  }

  private get written(): string {
    return join(this.directory, 'logs.jsonl');
  }

  private get configuration(): string {
    return join(this.directory, 'collector.yaml');
  }

  /** Without a queue or batches: the answer comes when the file has the logs. */
  private configure(): void {
    const tls = { cert_file: join(this.directory, 'server.pem'), key_file: join(this.directory, 'server.key') };
    const configuration = {
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${this.port}`, tls } } } },
      exporters: { file: { path: this.written, append: true, flush_interval: '1ms' } },
      service: { pipelines: { logs: { receivers: ['otlp'], exporters: ['file'] } } },
    };
    // JSON is YAML, too.
    writeFileSync(this.configuration, JSON.stringify(configuration));
  }
}

function logsIn({ resourceLogs }: LogsData): CollectedLog[] {
  return resourceLogs.flatMap(({ resource, scopeLogs }) => {
    const service = valuesOf(resource.attributes)['service.name'] ?? '';
    const records = scopeLogs.flatMap(({ logRecords }) => logRecords);
    return records.map(({ body, eventName, severityText, attributes }) => ({
      body: body.stringValue,
      eventName,
      severityText,
      service,
      attributes: valuesOf(attributes),
    }));
  });
}

const valuesOf = (attributes: readonly KeyValue[]): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? '']));
