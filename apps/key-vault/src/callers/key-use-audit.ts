import type { KeyEntry } from '#contracts';
import { toRcsError, type Logger } from '#platform';
import type { CallContext } from './call-context.js';
import { formatKeyLabel } from '../token/key-label.js';
import type { VaultMetrics } from '../metrics/vault-metrics.js';

export type KeyOperation =
  | 'unwrap'
  | 'rewrap'
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

/** What becomes known of a use while it is worked on. */
export interface KeyUse {
  key?: UsedKey;
  /** Used as well, where the name in an envelope fits several keys. */
  further?: readonly UsedKey[];
  /** What the grant says: who, which recording. */
  grant?: Readonly<Record<string, string>>;
}

/** Says of every use of a key, granted or refused: which key, by whom, for which recording, how it ended. */
export class KeyUseAudit {
  constructor(
    private readonly metrics: VaultMetrics,
    private readonly logger: Logger,
  ) {}

  /** Runs a use of a key and records how it ended, before its result goes out. */
  async of<T>(operation: KeyOperation, context: CallContext, work: (use: KeyUse) => Promise<T>): Promise<T> {
    const use: KeyUse = {};
    try {
      const result = await work(use);
      this.recordAll(operation, context, use, 'ok');
      return result;
    } catch (error) {
      this.recordAll(operation, context, use, toRcsError(error).code);
      throw error;
    }
  }

  private recordAll(operation: KeyOperation, context: CallContext, use: KeyUse, outcome: string): void {
    this.record(operation, context, use, outcome);
    for (const key of use.further ?? []) this.record(operation, context, { ...use, key }, outcome);
  }

  private record(operation: KeyOperation, context: CallContext, { key, grant }: KeyUse, outcome: string): void {
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
