import { SeverityNumber, type Logger } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { withDeadline, type AuditOtlpConfiguration } from '#platform';
import type { AuditRecord } from '#store';
import { trustedAuthorities } from '#tls';
import type { RecordSender } from './record-sender.js';

/** For one batch, its attempts included, milliseconds. */
const exportTimeoutMs = 10_000;

/** Where records come from. */
export interface RecordSource {
  readonly instance: string;
  readonly version: string;
}

/** Sends audit records as logs over OTLP/HTTP with JSON. Loaded only where it is switched on. */
export class OtlpRecordSender implements RecordSender {
  private readonly exporter: OTLPLogExporter;
  private readonly logger: Logger;
  /** What the logger made of the records of one call. */
  private readonly made: ReadableLogRecord[] = [];

  /** @throws ConfigurationError when whom to trust cannot be read. */
  constructor({ endpoint, otlpHeaders, otlpTrustedCA, otlpJksPassword }: AuditOtlpConfiguration, source: RecordSource) {
    const trust = trustedAuthorities('audit.otlp.otlpTrustedCA', otlpTrustedCA, otlpJksPassword);
    this.exporter = new OTLPLogExporter({
      url: endpoint,
      headers: otlpHeaders,
      timeoutMillis: exportTimeoutMs,
      ...(endpoint.startsWith('https:') ? { httpAgentOptions: { keepAlive: true, ...trust } } : {}),
    });
    const provider = new LoggerProvider({
      resource: resourceFromAttributes({
        'service.name': 'playback-gateway',
        'service.namespace': 'recording-crypto-server',
        'service.instance.id': source.instance,
        'service.version': source.version,
      }),
      processors: [
        {
          onEmit: record => void this.made.push(record),
          forceFlush: () => Promise.resolve(),
          shutdown: () => Promise.resolve(),
        },
      ],
    });
    this.logger = provider.getLogger('recording-crypto-server/audit', source.version);
  }

  async send(records: readonly AuditRecord[]): Promise<void> {
    for (const record of records) this.logger.emit(logOf(record));
    const made = this.made.splice(0);
    const sent = new Promise<void>((resolve, reject) => {
      this.exporter.export(made, ({ error }) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
    await withDeadline(sent, exportTimeoutMs + 1000, 'sending audit records over OTLP');
  }

  close(): Promise<void> {
    return this.exporter.shutdown();
  }
}

/** A record as a log: its body is the JSON of the record, as `GET /rcs/audit` gives it. */
function logOf(record: AuditRecord) {
  const { time, event, outcome, writer, sequence, hash, contactCenter } = record;
  const isGood = outcome === 'allowed' || outcome === 'done';
  return {
    timestamp: new Date(time),
    eventName: `rcs.audit.${event}`,
    severityNumber: isGood ? SeverityNumber.INFO : SeverityNumber.WARN,
    severityText: isGood ? 'INFO' : 'WARN',
    body: JSON.stringify(record),
    attributes: {
      'rcs.audit.writer': writer,
      'rcs.audit.sequence': sequence,
      'rcs.audit.hash': hash,
      'rcs.audit.outcome': outcome,
      ...(contactCenter === undefined ? {} : { 'rcs.contact_center': contactCenter }),
    },
  };
}
