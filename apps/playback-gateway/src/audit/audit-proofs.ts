import { Inject, Injectable } from '@nestjs/common';
import type { AuditLog, AuditQuery, AuditRecord } from '#store';
import type { AuditVouching } from '../dependencies/gateway-dependencies.js';
import { AUDIT_VOUCHING, storeTokens } from '../dependencies/injection-tokens.js';

/** That a record was in the audit when a gateway signed, for somebody who does not have the audit. */
export interface AuditProof {
  readonly record: AuditRecord;
  /** Of the tree whose root the checkpoint names for the record's writer: how many records are its leaves. */
  readonly size: number;
  /** The nodes beside the way from the record to the root, the lowest first, hexadecimal (RFC 9162, 2.1.3). */
  readonly path: readonly string[];
  /** The signed note. */
  readonly checkpoint: string;
}

@Injectable()
export class AuditProofs {
  constructor(
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(AUDIT_VOUCHING) private readonly checkpoints: AuditVouching,
  ) {}

  /**
   * The proof of one record of those that somebody may read; undefined when there is none.
   * @throws RcsError RCS_AUDIT_UNAVAILABLE when the audit cannot be read, or no checkpoint be made.
   */
  async prove(
    writer: string,
    sequence: number,
    readable: Pick<AuditQuery, 'contactCenter'>,
  ): Promise<AuditProof | undefined> {
    const found = await this.audit.prove(writer, sequence, sequence + 1);
    if (found === undefined) return undefined;
    if (readable.contactCenter !== undefined && found.record.contactCenter !== readable.contactCenter) return undefined;
    const { note, size } = await this.checkpoints.coveringCheckpoint(writer, sequence);
    const proof = await this.audit.prove(writer, sequence, size);
    return proof === undefined ? undefined : { ...proof, checkpoint: note };
  }
}
