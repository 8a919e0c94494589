import {
  ArchiveRefused,
  archiveProofName,
  archiveProofSchema,
  recordingProofsName,
  recordingProofsSchema,
  type ArchiveBytes,
  type StoredMember,
  type VerifiedArchive,
} from '#archive';
import { readAuditCheckpointNote, type CertificateTrust, type CheckpointContent } from '#grants';
import type { AuditInclusion } from '#store';
import { provedBy } from '../audit/prove-record.js';

/** What the proofs in an archive prove. */
export interface ProvedByAudit {
  /** Records of the audit about its recordings. */
  readonly records: number;
  /** Recordings whose insertion is among them. */
  readonly insertions: number;
  /** Whether the request for the archive is. */
  readonly request: boolean;
}

type Manifest = VerifiedArchive['manifest'];

/** What a gateway proves of one recording has some kilobytes for each media file. */
const maximumProofsBytes = 64 * 1024 * 1024;
const recordedEvents: ReadonlySet<string> = new Set(['recording-inserted', 'archived']);

/**
 * Checks every proof in a verified archive, without the audit: that a gateway of the authority signed the checkpoint, that
 * the record leads to the root that it names, and that the record is about what the manifest says. Each media file's record
 * must be proved where the manifest says that any is.
 * @throws ArchiveRefused, StatementRefused
 */
export async function verifyAuditProofs(
  bytes: ArchiveBytes,
  { manifest, members }: Pick<VerifiedArchive, 'manifest' | 'members'>,
  trust: CertificateTrust,
): Promise<ProvedByAudit> {
  const files = new Map(members.map(member => [member.name, member]));
  const checkpoints = new Checkpoints(bytes, files, trust);
  const wanted = new Set(manifest.members.flatMap(({ audit, recording }) => (audit ? [nameOf(audit, recording)] : [])));
  let [records, insertions] = [0, 0];
  for (const member of members) {
    if (!member.name.endsWith(`/${recordingProofsName}`)) continue;
    const { recording, proofs } = read(recordingProofsSchema, member, await contentOf(bytes, member));
    for (const { checkpoint, ...proof } of proofs) {
      const inclusion = proof as unknown as AuditInclusion;
      check(inclusion, await checkpoints.at(checkpoint), member.name);
      judge(inclusion, recording, manifest, member.name);
      if (proof.record.event === 'archived') wanted.delete(nameOf(proof.record, recording));
    }
    records += proofs.length;
    if (proofs.some(({ record }) => record.event === 'recording-inserted')) insertions++;
  }
  if (records !== (manifest.auditProofs ?? 0))
    throw new ArchiveRefused(
      `it proves ${records} records of the audit, its manifest says ${manifest.auditProofs ?? 0}`,
    );
  const [missing] = manifest.auditProofs === undefined ? [] : wanted;
  if (missing !== undefined) throw new ArchiveRefused(`nothing proves record ${missing} of the audit`);
  return { records, insertions, request: await provesRequest(bytes, files, manifest, trust) };
}

/** Notes of checkpoints, each read and checked once. */
class Checkpoints {
  private readonly known = new Map<string, CheckpointContent>();

  constructor(
    private readonly bytes: ArchiveBytes,
    private readonly files: ReadonlyMap<string, StoredMember>,
    private readonly trust: CertificateTrust,
  ) {}

  async at(path: string): Promise<CheckpointContent> {
    const known = this.known.get(path);
    if (known !== undefined) return known;
    const member = this.files.get(path);
    if (member === undefined) throw new ArchiveRefused(`${path} is missing`);
    const { content } = readAuditCheckpointNote((await contentOf(this.bytes, member)).toString('utf8'), this.trust);
    this.known.set(path, content);
    return content;
  }
}

async function provesRequest(
  bytes: ArchiveBytes,
  files: ReadonlyMap<string, StoredMember>,
  { audit }: Manifest,
  trust: CertificateTrust,
): Promise<boolean> {
  const member = files.get(archiveProofName);
  if (member === undefined) return false;
  const { checkpoint, ...proof } = read(archiveProofSchema, member, await contentOf(bytes, member));
  const { content } = readAuditCheckpointNote(checkpoint, trust);
  check(proof as unknown as AuditInclusion, content, archiveProofName);
  const { writer, sequence, event } = proof.record;
  if (writer === audit.writer && sequence === audit.sequence && event === 'archive-begun') return true;
  throw new ArchiveRefused(`${archiveProofName} is of another record than the manifest names`);
}

function check(proof: AuditInclusion, content: CheckpointContent, name: string): void {
  try {
    provedBy(proof, content);
  } catch (error) {
    throw new ArchiveRefused(`${name}: record ${nameOf(proof.record)}: ${(error as Error).message}`, { cause: error });
  }
}

function judge({ record }: AuditInclusion, recording: string, { contactCenter }: Manifest, name: string): void {
  const isOfIt = record.recording === recording && record.contactCenter === contactCenter;
  if (isOfIt && recordedEvents.has(record.event)) return;
  throw new ArchiveRefused(`${name}: record ${nameOf(record)} is of something else`);
}

function nameOf({ writer, sequence }: { writer: string; sequence: number }, recording?: string): string {
  return `${sequence} of ${writer}${recording === undefined ? '' : ` about ${recording}`}`;
}

interface Schema<Value> {
  safeParse(value: unknown): { readonly success: true; readonly data: Value } | { readonly success: false };
}

function read<Value>(schema: Schema<Value>, { name }: StoredMember, content: Buffer): Value {
  const parsed = schema.safeParse(JSON.parse(content.toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new ArchiveRefused(`${name} is no proof of records of the audit`);
}

function contentOf(bytes: ArchiveBytes, { name, length, contentOffset }: StoredMember): Promise<Buffer> {
  if (length > maximumProofsBytes) throw new ArchiveRefused(`${name} has ${length} bytes`);
  return bytes.read(contentOffset, contentOffset + length);
}
