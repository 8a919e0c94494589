import type { KeyEntry, KeyUseEntry } from '#contracts';
import { toRcsError, type Logger } from '#platform';
import type { VaultJournal } from '../journal/vault-journal.js';
import type { VaultMetrics } from '../metrics/vault-metrics.js';
import { formatKeyLabel } from '../token/key-label.js';
import type { CallContext } from './call-context.js';
import { RecordedUse } from '../journal/recorded-use.js';

export type KeyOperation =
  | 'unwrap'
  | 'rewrap'
  | 'archive-rewrap'
  | 'decrypt-block'
  | 'import'
  | 'generate'
  | 'sign-request'
  | 'self-sign'
  | 'attach'
  | 'disable'
  | 'enable'
  | 'destroy'
  | 'check';

/** A key as records name it. */
export type UsedKey = Pick<KeyEntry, 'purpose' | 'contactCenter' | 'alias' | 'keyIdentifier'>;

/** What a grant says, as records name it: who, which recording. */
export type GrantFacts = Readonly<
  Partial<
    Record<
      'grantId' | 'user' | 'contactCenter' | 'recording' | 'mediaFile' | 'operator' | 'purpose' | 'file' | 'run' | 'to',
      string
    >
  >
>;

/** A use of keys while it is worked on: what becomes known of it, and its record. */
export class KeyUse {
  key?: UsedKey;
  /** Used as well, where the name in an envelope fits several keys. */
  further?: readonly UsedKey[];
  grant?: GrantFacts;
  envelopeDigest?: string;

  constructor(
    private readonly operation: KeyOperation,
    private readonly context: CallContext,
    private readonly journal: VaultJournal,
  ) {}

  /**
   * Writes down that these keys are about to be used. Resolves when it is on the disk.
   * @throws RcsError RCS_AUDIT_UNAVAILABLE: then nothing may be opened.
   */
  record(key: UsedKey, ...further: readonly UsedKey[]): Promise<RecordedUse> {
    this.key = key;
    this.further = further;
    const { operation, context, grant, envelopeDigest } = this;
    const entry: KeyUseEntry = {
      event: 'key-use',
      operation,
      requestId: context.requestId,
      caller: context.role,
      callerCertificate: context.caller,
      keys: [key, ...further].map(({ purpose, contactCenter, alias, keyIdentifier }) => ({
        purpose,
        contactCenter,
        alias,
        keyIdentifier,
      })),
      ...grant,
      ...(envelopeDigest === undefined ? {} : { envelopeDigest }),
    };
    return RecordedUse.write(this.journal, entry);
  }
}

/**
 * Frames every use of a key. What happens to the token is written to the journal before; how it ended, granted or
 * refused, is told by metrics and log afterwards.
 */
export class KeyUseAudit {
  constructor(
    private readonly journal: VaultJournal,
    private readonly metrics: VaultMetrics,
    private readonly logger: Logger,
  ) {}

  /** Runs a use of a key and tells how it ended, before its result goes out. */
  async of<T>(operation: KeyOperation, context: CallContext, work: (use: KeyUse) => Promise<T>): Promise<T> {
    const use = new KeyUse(operation, context, this.journal);
    try {
      const result = await work(use);
      this.tellAll(operation, context, use, 'ok');
      return result;
    } catch (error) {
      this.tellAll(operation, context, use, toRcsError(error).code);
      throw error;
    }
  }

  private tellAll(operation: KeyOperation, context: CallContext, use: KeyUse, outcome: string): void {
    this.tell(operation, context, use, use.key, outcome);
    for (const key of use.further ?? []) this.tell(operation, context, use, key, outcome);
  }

  private tell(
    operation: KeyOperation,
    context: CallContext,
    { grant }: KeyUse,
    key: UsedKey | undefined,
    outcome: string,
  ): void {
    const name = key === undefined ? '' : formatKeyLabel(key);
    const { requestId } = context;
    this.metrics.keyUses.inc({ operation, key: name, outcome });
    this.logger.info(
      {
        requestId,
        audit: {
          operation,
          outcome,
          requestId,
          caller: context.role,
          callerCertificate: context.caller,
          ...(key === undefined ? {} : { key: name, keyIdentifier: key.keyIdentifier }),
          ...grant,
        },
      },
      'key use',
    );
  }
}
