import { readAuditCheckpointNote, type CertificateTrust, type CheckpointContent } from '#grants';
import { provenRoot, type AuditInclusion, type AuditLog } from '#store';

/** What an outsider is given: a record, its way to a root, and the signed checkpoint that names the root. */
export interface RecordProof extends AuditInclusion {
  /** The signed note. */
  readonly checkpoint: string;
}

/** What is proved of a record: who signed, and when. */
export interface ProvenRecord {
  readonly signedBy: string;
  readonly signedAt: string;
  readonly number: number;
}

/**
 * The proof of a record, up to the last checkpoint of the store that vouches for it.
 * @throws Error when there is no such record, or nobody vouches for it.
 */
export async function proveRecord(
  audit: AuditLog,
  trust: CertificateTrust,
  writer: string,
  sequence: number,
): Promise<RecordProof> {
  let covering: { readonly checkpoint: string; readonly size: number } | undefined;
  for await (const { note } of audit.checkpoints()) {
    const { heads } = readAuditCheckpointNote(note, trust).content;
    const size = heads.find(head => head.writer === writer)?.size ?? 0;
    if (size > sequence) covering = { checkpoint: note, size };
  }
  if (covering === undefined) throw new Error(`no checkpoint vouches for record ${sequence} of ${writer}`);
  const inclusion = await audit.prove(writer, sequence, covering.size);
  if (inclusion === undefined) throw new Error(`there is no record ${sequence} of ${writer}`);
  return { ...inclusion, checkpoint: covering.checkpoint };
}

/**
 * Checks a proof without the audit.
 * @throws StatementRefused when no gateway signed the checkpoint, Error when it does not vouch for the record.
 */
export function checkProof(proof: RecordProof, trust: CertificateTrust): ProvenRecord {
  const { content } = readAuditCheckpointNote(proof.checkpoint, trust);
  provedBy(proof, content);
  return { signedBy: content.writer, signedAt: content.time, number: content.number };
}

/** @throws Error when a checkpoint, which a gateway signed, does not vouch for the record. */
export function provedBy(proof: AuditInclusion, { heads }: Pick<CheckpointContent, 'heads'>): void {
  const root = provenRoot(proof);
  if (root === undefined) throw new Error('the record does not have its hash, or the path is none');
  const head = heads.find(({ writer }) => writer === proof.record.writer);
  if (head?.size !== proof.size || head.root !== root) {
    throw new Error('the checkpoint names another root for the chain of this record');
  }
}
