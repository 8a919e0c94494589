import { join } from 'node:path';
import type { Command } from 'commander';
import type { AuditVerification } from '#store';
import { authorityFile, storeDirectory, withStore, withStoreOptions, type StoreOptions } from '../audit/audit-store.js';
import { judgeCheckpoints, type CheckpointJudgement } from '../audit/judge-checkpoints.js';
import { readCheckpoints, type FoundCheckpoints } from '../audit/read-checkpoints.js';
import { readConfiguration } from '../configuration/read-configuration.js';
import { print } from '../terminal/print.js';
import { textTable } from '../terminal/text-table.js';

interface VerifyOptions extends StoreOptions {
  /** False for `--without-checkpoints`. */
  readonly checkpoints?: readonly string[];
  readonly withoutCheckpoints?: boolean;
  readonly witness?: readonly string[];
  readonly ca?: string;
  readonly json?: boolean;
}

/** `rcsctl audit verify`. */
export function auditVerifyCommand(audit: Command): void {
  withStoreOptions(audit.command('verify'))
    .description('prove that no record was changed, removed or moved; exit status 1 when something is wrong')
    .option(
      '--ca <file>',
      'internal authority (PEM) that signed for the gateways; that of the configuration when absent',
    )
    .option('--checkpoints <files...>', 'files of the checkpoints; that of the configuration, else beside the store')
    .option('--witness <files...>', 'logs, syslog files and journals outside the store, in which checkpoints are named')
    .option('--without-checkpoints', 'the chains alone: finds nothing of what was cut off or rewritten as a whole')
    .option('--json', 'JSON for programs')
    .action(verify);
}

async function verify(options: VerifyOptions): Promise<void> {
  await withStore(options, async ({ audit }) => {
    if (options.withoutCheckpoints === true) {
      const result = await audit.verify();
      report(options, result, undefined, undefined);
      return;
    }
    const caFile = authorityFile(options, options.ca);
    const found = await readCheckpoints({
      audit,
      caFile,
      files: options.checkpoints ?? [checkpointFile(options)],
      witnesses: options.witness ?? [],
    });
    const judged = judgeCheckpoints(found.notes, Date.now());
    const result = await audit.verify([...found.earlier, ...judged.vouched]);
    report(options, result, found, judged);
  });
}

function checkpointFile(options: StoreOptions): string {
  const configured = options.store === undefined ? readConfiguration(options.config).audit.checkpointFile : undefined;
  return configured ?? join(storeDirectory(options), 'audit-checkpoints.jsonl');
}

function report(
  { json }: VerifyOptions,
  result: AuditVerification,
  found: FoundCheckpoints | undefined,
  judged: CheckpointJudgement | undefined,
): void {
  const compared = (found?.notes.length ?? 0) + (found?.earlier.length ?? 0);
  const refused = found?.refused ?? [];
  const { problems = [], notices = [] } = judged ?? {};
  const checkpoints = judged === undefined ? {} : { checkpoints: { compared, refused, problems, notices } };
  print(json === true, { ...result, ...checkpoints }, () =>
    [
      `${result.records} records of ${result.writers} writers`,
      judged === undefined
        ? 'not compared with checkpoints: what was cut off or rewritten as a whole is only found with them'
        : `compared with ${compared} checkpoints`,
      ...notices,
      ...refused.map(({ source, line, reason }) => `checkpoint refused: line ${line} of ${source}: ${reason}`),
      ...(problems.length === 0 ? [] : [checkpointTable(problems)]),
      ...(result.problems.length === 0 ? [] : [recordTable(result.problems)]),
      ...(isSound(result, refused.length + problems.length) ? ['no problem found'] : []),
    ].join('\n'),
  );
  if (!isSound(result, refused.length + problems.length)) process.exitCode = 1;
}

function isSound(result: AuditVerification, checkpointProblems: number): boolean {
  return result.problemCount === 0 && checkpointProblems === 0;
}

function recordTable(problems: AuditVerification['problems']): string {
  const rows = problems.map(({ writer, sequence, kind, detail }) => [writer, String(sequence), kind, detail]);
  return textTable(['Writer', 'Record', 'Problem', 'Detail'], rows);
}

function checkpointTable(problems: CheckpointJudgement['problems']): string {
  const rows = problems.map(({ number, kind, detail }) => [String(number), kind, detail]);
  return textTable(['Checkpoint', 'Problem', 'Detail'], rows);
}
