import {
  maximumCheckpointBytes,
  type CountersignAuditCheckpointReply,
  type CountersignAuditCheckpointRequest,
} from '#contracts';
import {
  auditCountersignatureType,
  CertificateTrust,
  checkpointDigest,
  readAuditCheckpointNote,
  StatementRefused,
  StatementSigner,
  type AuditCountersignature,
} from '#grants';
import { Derived, RcsError, type Current, type InternalIdentity } from '#platform';
import type { CallContext } from '../callers/call-context.js';
import type { VaultJournal } from '../journal/vault-journal.js';

/**
 * Keeps what gateways sign about their audit where no gateway can reach it, and vouches for that: who writes the store
 * cannot unsay what stands in the journal of a vault.
 */
export class AuditWitness {
  private readonly trust: Derived<InternalIdentity, CertificateTrust>;
  private readonly signer: StatementSigner;

  constructor(
    private readonly journal: VaultJournal,
    private readonly instance: string,
    identity: Current<InternalIdentity>,
  ) {
    this.trust = new Derived(identity, ({ caPem, denied }) => new CertificateTrust(caPem, denied));
    this.signer = new StatementSigner(identity, auditCountersignatureType);
  }

  /** @throws RcsError RCS_INVALID_VALUE for what no gateway signed, RCS_AUDIT_UNAVAILABLE */
  async countersign(
    { checkpoint }: CountersignAuditCheckpointRequest,
    { requestId, role, caller }: CallContext,
  ): Promise<CountersignAuditCheckpointReply> {
    this.check(checkpoint);
    const digest = checkpointDigest(checkpoint);
    const sequence = await this.journal.append({
      event: 'audit-checkpoint',
      requestId,
      caller: role,
      callerCertificate: caller,
      digest,
      checkpoint,
    });
    const content: AuditCountersignature = {
      digest,
      journal: this.instance,
      sequence,
      time: new Date().toISOString(),
    };
    return { countersignature: this.signer.sign(content), sequence, time: content.time };
  }

  private check(checkpoint: string): void {
    if (Buffer.byteLength(checkpoint) > maximumCheckpointBytes) throw new RcsError('RCS_PAYLOAD_TOO_LARGE');
    try {
      readAuditCheckpointNote(checkpoint, this.trust.current);
    } catch (error) {
      if (!(error instanceof StatementRefused)) throw error;
      const publicDetail = `the checkpoint is not one that a gateway signed: ${error.message}`;
      throw new RcsError('RCS_INVALID_VALUE', publicDetail, { publicDetail, cause: error });
    }
  }
}
