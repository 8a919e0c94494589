import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import { CertificateTrust } from '#grants';
import { authorityFile, withStore, withStoreOptions, type StoreOptions } from '../audit/audit-store.js';
import { checkProof, proveRecord, type RecordProof } from '../audit/prove-record.js';
import { internalAuthority, readAuthorities } from '../configuration/authorities.js';
import { print } from '../terminal/print.js';

const proofSchema = z.object({
  record: z.looseObject({ writer: z.string(), sequence: z.int().min(0), time: z.string(), event: z.string() }),
  size: z.int().min(1),
  path: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(64),
  checkpoint: z.string(),
});

/** `rcsctl audit prove | verify-proof`. */
export function auditProofCommands(audit: Command): void {
  withStoreOptions(audit.command('prove'))
    .description('prove to somebody without the log that a record is in it; writes JSON')
    .argument('<writer>', 'the process that wrote it')
    .argument('<sequence>', 'its number in the chain of this writer', wholeNumber)
    .option(
      '--ca <file>',
      'internal authority (PEM) that signed for the gateways; that of the configuration when absent',
    )
    .action(prove);
  audit
    .command('verify-proof')
    .description('check such a proof, without the log; exit status 1 when it proves nothing')
    .argument('<file>', 'the proof, JSON')
    .requiredOption('--ca <file>', 'internal authority (PEM) that signed for the gateways')
    .option('--json', 'JSON for programs')
    .action(verifyProof);
}

async function prove(
  writer: string,
  sequence: number,
  options: StoreOptions & { readonly ca?: string },
): Promise<void> {
  const trust = new CertificateTrust(readAuthorities(internalAuthority, authorityFile(options, options.ca)));
  await withStore(options, async ({ audit }) => {
    const proof = await proveRecord(audit, trust, writer, sequence);
    process.stdout.write(`${JSON.stringify(proof, undefined, 2)}\n`);
  });
}

function verifyProof(file: string, { ca, json }: { readonly ca: string; readonly json?: boolean }): void {
  const parsed = proofSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} is no proof of an audit record`);
  const proof = parsed.data as unknown as RecordProof;
  const proven = checkProof(proof, new CertificateTrust(readAuthorities('--ca', ca)));
  const { writer, sequence, time, event } = proof.record;
  print(json === true, { ...proven, record: proof.record }, () =>
    [
      `record ${sequence} of ${writer} (${JSON.stringify(event)} at ${JSON.stringify(time)}) is proved`,
      `it was in the audit when ${proven.signedBy} signed checkpoint ${proven.number} at ${proven.signedAt}`,
    ].join('\n'),
  );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text === '') {
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  }
  return value;
}
