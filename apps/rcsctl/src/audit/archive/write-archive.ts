import { createHash } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { basename } from 'node:path';
import { digestOfArchivedChains, type AuditArchiveSeal, type StatementSigner } from '#grants';
import { ArchiveGrowth, type ArchivablePart, type ArchivedChain, type AuditLog } from '#store';
import { AtomicFile } from '../../output/atomic-file.js';
import { archiveFormat } from './archive-file.js';

/** What an archive is to have. */
export interface ArchivePlan extends Pick<AuditArchiveSeal, 'number' | 'month' | 'previous'> {
  readonly parts: readonly ArchivablePart[];
  /** How far chains lie in the archives before. */
  readonly chains: readonly ArchivedChain[];
  /** The last checkpoint of a gateway: with those before it vouches for all of it. */
  readonly checkpoint: AuditArchiveSeal['checkpoint'] & { readonly note: string };
}

const bufferedBytes = 256 * 1024;

/** Writes an archive with its seal; the file is there when it is whole and on the disk. @throws Error when the name is taken. */
export async function writeArchive(
  file: string,
  audit: AuditLog,
  plan: ArchivePlan,
  signer: StatementSigner,
): Promise<void> {
  const output = await AtomicFile.create(file, { replace: false });
  try {
    const lines = new DigestedLines(output);
    await lines.add({ format: archiveFormat, number: plan.number, month: plan.month });
    const { chains, records, from } = await copyRecords(audit, plan, lines);
    await lines.add({ checkpoint: plan.checkpoint.note });
    await lines.add({ chains });
    const { number, month, previous, checkpoint } = plan;
    const seal: AuditArchiveSeal = {
      number,
      ...(previous === undefined ? {} : { previous }),
      month,
      from,
      records,
      chainsDigest: digestOfArchivedChains(chains),
      file: basename(file),
      fileDigest: await lines.end(),
      checkpoint: { number: checkpoint.number, digest: checkpoint.digest },
      operator: `${userInfo().username}@${hostname()}`,
      time: new Date().toISOString(),
    };
    await output.write(Buffer.from(`${JSON.stringify({ seal: signer.sign(seal) })}\n`));
    await output.commit();
  } catch (error) {
    await output.discard().catch(() => undefined);
    throw error;
  }
}

async function copyRecords(audit: AuditLog, { parts, chains }: ArchivePlan, lines: DigestedLines) {
  const growth = new ArchiveGrowth(chains);
  let records = 0;
  let from: string | undefined;
  for await (const record of audit.stored(parts)) {
    growth.accept(record);
    records += 1;
    if (from === undefined || record.time < from) from = record.time;
    await lines.add({ record });
  }
  return { chains: growth.result(), records, from: from ?? '' };
}

/** Lines of JSON, of which the digest is known at their end. */
class DigestedLines {
  private readonly digest = createHash('sha256');
  private waiting: Buffer[] = [];
  private bytes = 0;

  constructor(private readonly output: AtomicFile) {}

  async add(line: object): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    this.waiting.push(bytes);
    this.bytes += bytes.length;
    if (this.bytes >= bufferedBytes) await this.flush();
  }

  async end(): Promise<string> {
    await this.flush();
    return this.digest.digest('hex');
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.bytes = 0;
    this.digest.update(bytes);
    await this.output.write(bytes);
  }
}
