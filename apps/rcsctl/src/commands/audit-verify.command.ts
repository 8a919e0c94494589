import type { Command } from 'commander';
import type { AuditVerification } from '#store';
import { describeSealed } from '../audit/archive/judge-archives.js';
import { withStore, withStoreOptions } from '../audit/audit-store.js';
import { verifyLog, type ComparisonOptions, type VerifiedLog } from '../audit/verify-log.js';
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
    if (options.withoutCheckpoints === true) report(options, await audit.verify(), undefined);
    else {
      const verified = await verifyLog(audit, options);
      report(options, verified.result, verified);
    }
  });
}

function report({ json, archives }: VerifyOptions, result: AuditVerification, verified: VerifiedLog | undefined): void {
  const problemCount = result.problemCount + (verified === undefined ? 0 : problemsBeside(verified));
  const lines = verified === undefined ? [withoutCheckpoints] : linesOf(verified, archives !== undefined);
  print(json === true, { ...result, ...(verified === undefined ? {} : membersOf(verified)) }, () =>
    [
      `${result.records} records of ${result.writers} writers`,
      ...lines,
      ...(result.problems.length === 0 ? [] : [recordTable(result.problems)]),
      ...(problemCount === 0 ? ['no problem found'] : []),
    ].join('\n'),
  );
  if (problemCount > 0) process.exitCode = 1;
}

const withoutCheckpoints =
  'not compared with checkpoints: what was cut off or rewritten as a whole is only found with them';

/** How many problems there are beside those of records. */
function problemsBeside({ found, judged, archived }: VerifiedLog): number {
  return found.refused.count + judged.problemCount + judged.lateOrUnsealed + archived.problems.length;
}

function membersOf({ found, judged, archived }: VerifiedLog): object {
  const { problems, problemCount, lateOrUnsealed, notices } = judged;
  const refused = { refused: found.refused.findings, refusedCount: found.refused.count };
  const counted = { problems, problemCount: problemCount + lateOrUnsealed };
  return {
    checkpoints: { compared: found.count, ...refused, ...counted, notices },
    archives: { sealed: archived.sealed, problems: archived.problems },
  };
}

function linesOf({ found, judged, archived }: VerifiedLog, withArchives: boolean): string[] {
  return [
    `compared with ${found.count} checkpoints`,
    ...(withArchives ? [`and with archives: ${archived.sealed.length} are sealed`] : describeSealed(archived.sealed)),
    ...judged.notices,
    ...found.refused.findings.map(
      ({ source, line, reason }) => `checkpoint refused: line ${line} of ${source}: ${reason}`,
    ),
    ...(judged.problems.length === 0 ? [] : [numberedTable('Checkpoint', judged.problems)]),
    ...(archived.problems.length === 0 ? [] : [numberedTable('Archive', archived.problems)]),
  ];
}

function recordTable(problems: AuditVerification['problems']): string {
  const rows = problems.map(({ writer, sequence, kind, detail }) => [writer, String(sequence), kind, detail]);
  return textTable(['Writer', 'Record', 'Problem', 'Detail'], rows);
}

function numberedTable(
  what: string,
  problems: readonly { readonly number: number; readonly kind: string; readonly detail: string }[],
): string {
  const rows = problems.map(({ number, kind, detail }) => [String(number), kind, detail]);
  return textTable([what, 'Problem', 'Detail'], rows);
}
