import { appendFile, stat } from 'node:fs/promises';
import { auditCheckpointType, StatementSigner, type AuditCheckpointStatement } from '#grants';
import { ConfigurationError, describeError, withDeadline, type LiveIdentity, type Logger } from '#platform';
import type { AuditEntry, AuditLog, AuditRecord } from '#store';

export interface CheckpointSettings {
  /** One JWS per line; best kept where whoever can write the store cannot. */
  readonly file: string;
  readonly intervalMs: number;
}

const writeTimeoutMs = 10_000;

/**
 * Signs the end of this gateway's chain from time to time, into a file and the log: who cuts the chain off or writes it
 * anew cannot change what was already signed.
 */
export class AuditCheckpoints {
  private readonly signer: StatementSigner;
  private head: Pick<AuditRecord, 'writer' | 'sequence' | 'hash'> | undefined;
  private signed = -1;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    identity: LiveIdentity,
    private readonly settings: CheckpointSettings,
    private readonly logger: Logger,
  ) {
    this.signer = new StatementSigner(identity, auditCheckpointType);
  }

  /** The same log; what is appended through it is vouched for. */
  observe(audit: AuditLog): AuditLog {
    return {
      append: async (entry: AuditEntry) => {
        const record = await audit.append(entry);
        if (this.head === undefined || record.sequence > this.head.sequence) this.head = record;
        return record;
      },
      query: query => audit.query(query),
      verify: checkpoints => audit.verify(checkpoints),
      close: () => audit.close(),
    };
  }

  /** @throws ConfigurationError when the file cannot be written. */
  async start(): Promise<void> {
    try {
      await appendFile(this.settings.file, '', { mode: 0o640 });
      // A process that was killed may have left half a line behind; it must not spoil the next one.
      if ((await stat(this.settings.file)).size > 0) await appendFile(this.settings.file, '\n');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigurationError(`option audit.checkpointFile: cannot write ${this.settings.file}: ${reason}`);
    }
    this.timer = setInterval(() => void this.sign(), this.settings.intervalMs);
    this.timer.unref();
  }

  /** Signs the last record of all, for the end of the process. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.sign();
  }

  /** Signs the present end, one checkpoint after the other. */
  private sign(): Promise<void> {
    this.writing = this.writing.then(() => this.signHead());
    return this.writing;
  }

  private async signHead(): Promise<void> {
    const { head } = this;
    if (head === undefined || head.sequence === this.signed) return;
    const { writer, sequence, hash } = head;
    const checkpoint: AuditCheckpointStatement = { writer, sequence, hash, time: new Date().toISOString() };
    try {
      const statement = this.signer.sign(checkpoint);
      this.logger.info({ checkpoint: statement }, 'audit checkpoint');
      await withDeadline(
        appendFile(this.settings.file, `${statement}\n`),
        writeTimeoutMs,
        'writing an audit checkpoint',
      );
      this.signed = sequence;
    } catch (error) {
      this.logger.error({ error: describeError(error) }, 'an audit checkpoint could not be kept; it is tried again');
    }
  }
}
