import type { Command } from 'commander';
import type { AuditLog } from '#store';
import { describeSealed } from '../audit/archive/judge-archives.js';
import { withStore, withStoreOptions } from '../audit/audit-store.js';
import { verifyLog, type ComparisonOptions } from '../audit/verify-log.js';
import { exitStatusOf, verifyReport, type VerifyReport } from '../audit/verify-report.js';
import { print } from '../terminal/print.js';
import { textTable } from '../terminal/text-table.js';

interface VerifyOptions extends ComparisonOptions {
  readonly withoutCheckpoints?: boolean;
  readonly json?: boolean;
}

/** Adds the options that say what a log is compared with. */
export function withComparisonOptions(command: Command): Command {
  return withStoreOptions(command)
    .option(
      '--ca <file>',
      'internal authority (PEM) that signed for the gateways; that of the configuration when absent',
    )
    .option('--checkpoints <files...>', 'files of the checkpoints; that of the configuration, else beside the store')
    .option('--witness <files...>', 'logs, syslog files and journals outside the store, in which checkpoints are named')
    .option('--s3', 'compare with every version of every object in the bucket of the configuration, too (audit.s3)')
    .option('--archives <files...>', 'what rcsctl audit archive wrote; then every sealed archive must be among them');
}

/** `rcsctl audit verify`. */
export function auditVerifyCommand(audit: Command): void {
  withComparisonOptions(audit.command('verify'))
    .description('prove that no record was changed, removed or moved; exit status 1 when something is wrong')
    .option('--without-checkpoints', 'the chains alone: finds nothing of what was cut off or rewritten as a whole')
    .option('--json', 'JSON for programs')
    .action(verify);
}

async function verify(options: VerifyOptions): Promise<void> {
  await withStore(options, async ({ audit }) => {
    const report = verifyReport(...(await verified(audit, options)));
    print(options.json === true, report, () => linesOf(report, options.archives !== undefined).join('\n'));
    process.exitCode = exitStatusOf(report);
  });
}

async function verified(audit: AuditLog, options: VerifyOptions): Promise<Parameters<typeof verifyReport>> {
  if (options.withoutCheckpoints === true) return [await audit.verify()];
  const { result, ...compared } = await verifyLog(audit, options);
  return [result, compared];
}

const withoutCheckpoints =
  'not compared with checkpoints: what was cut off or rewritten as a whole is only found with them';

function linesOf(report: VerifyReport, withArchives: boolean): string[] {
  const { records, writers, problemCount, problems, checkpoints, archives } = report;
  return [
    `${records} records of ${writers} writers`,
    ...(checkpoints === undefined ? [withoutCheckpoints] : [`compared with ${checkpoints.compared} checkpoints`]),
    ...(archives === undefined ? [] : linesOfArchives(archives, withArchives)),
    ...(checkpoints === undefined ? [] : linesOfCheckpoints(checkpoints)),
    ...(archives === undefined ? [] : numberedTable('Archive', archives.problems)),
    ...(problems.length === 0 ? [] : [recordTable(problems)]),
    problemCount === 0 ? 'no problem found' : `problems: ${problemCount}`,
  ];
}

function linesOfArchives({ sealed }: NonNullable<VerifyReport['archives']>, withArchives: boolean): string[] {
  return withArchives ? [`and with archives: ${sealed.length} are sealed`] : describeSealed(sealed);
}

function linesOfCheckpoints({ notices, refused, problems }: NonNullable<VerifyReport['checkpoints']>): string[] {
  return [
    ...notices,
    ...refused.map(({ source, line, reason }) => `checkpoint refused: line ${line} of ${source}: ${reason}`),
    ...numberedTable('Checkpoint', problems),
  ];
}

function recordTable(problems: VerifyReport['problems']): string {
  const rows = problems.map(({ writer, sequence, kind, detail }) => [writer, String(sequence), kind, detail]);
  return textTable(['Writer', 'Record', 'Problem', 'Detail'], rows);
}

function numberedTable(
  what: string,
  problems: readonly { readonly number: number; readonly kind: string; readonly detail: string }[],
): string[] {
  if (problems.length === 0) return [];
  const rows = problems.map(({ number, kind, detail }) => [String(number), kind, detail]);
  return [textTable([what, 'Problem', 'Detail'], rows)];
}
