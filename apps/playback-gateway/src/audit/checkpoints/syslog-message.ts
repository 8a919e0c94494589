import type { AuditCheckpointNote } from '#grants';

/** Facility 13 (log audit), severity 5 (notice): RFC 5424, 6.2.1. */
const priority = 13 * 8 + 5;
/** Printable ASCII that a header field may have; `-` stands for nothing. */
const field = (text: string, longest: number): string => text.replace(/[^\x21-\x7e]/g, '?').slice(0, longest) || '-';
const parameter = (text: string): string => text.replace(/["\\\]]/g, character => `\\${character}`);

export interface SyslogSource {
  readonly hostname: string;
  readonly processId: number;
}

/**
 * A checkpoint as a syslog message (RFC 5424): number, digest and writer as structured data, the message itself the object that
 * a checkpoint file has in a line.
 */
export function syslogMessage({ content, digest, note }: AuditCheckpointNote, source: SyslogSource): string {
  const { number, time, writer } = content;
  const header = [
    `<${priority}>1`,
    time,
    field(source.hostname, 255),
    'recording-crypto-server',
    String(source.processId),
    'audit-checkpoint',
  ];
  // 32473 is the number that RFC 5612 keeps for whoever has none.
  const data = `[checkpoint@32473 number="${number}" digest="${digest}" writer="${parameter(writer)}"]`;
  return `${header.join(' ')} ${data} ${JSON.stringify({ number, checkpoint: note })}`;
}

/** In a frame of its own: octet counting, RFC 5425, 4.3. */
export function syslogFrame(message: string): Buffer {
  const bytes = Buffer.from(message);
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}
