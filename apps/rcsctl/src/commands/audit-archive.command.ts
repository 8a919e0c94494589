import { InvalidArgumentError, type Command } from 'commander';
import { StatementRefused, StatementSigner, auditArchiveType } from '#grants';
import { checkKeyFits, ConfigurationError, readOptionFile } from '#platform';
import type { AuditLog } from '#store';
import { archiveMonths, type Archiving } from '../audit/archive/archive-months.js';
import { firstMoment, monthAfter } from '../audit/archive/month.js';
import { withStore } from '../audit/audit-store.js';
import { problemsOfWriting, verifyReport } from '../audit/verify-report.js';
import { archiveTrust, verifyLog, type ComparisonOptions, type VerifiedLog } from '../audit/verify-log.js';
import { readConfiguration } from '../configuration/read-configuration.js';
import { print } from '../terminal/print.js';
import { withComparisonOptions } from './audit-verify.command.js';

interface ArchiveOptions extends ComparisonOptions {
  readonly until: string;
  readonly out: string;
  readonly operatorCertificate?: string;
  readonly operatorKey?: string;
  readonly json?: boolean;
}

/** `rcsctl audit archive`. */
export function auditArchiveCommand(audit: Command): void {
  withComparisonOptions(audit.command('archive'))
    .description('move the records of whole months into sealed files; what was written is proved before records go')
    .requiredOption('--until <month>', 'the last month to archive, such as 2026-09 (UTC)', endedMonth)
    .requiredOption('--out <directory>', 'where the archives are written, a file for each month')
    .option('--operator-certificate <file>', 'certificate (PEM, role operator); rcsctl.operator when absent')
    .option('--operator-key <file>', 'its private key')
    .option('--json', 'JSON for programs')
    .action(archive);
}

async function archive(options: ArchiveOptions): Promise<void> {
  const signer = operatorSigner(options);
  const trust = archiveTrust(options);
  try {
    trust.seals.verify(signer.sign({}));
  } catch (error) {
    if (!(error instanceof StatementRefused)) throw error;
    throw new Error(`the certificate is not that of an operator: ${error.message}`, { cause: error });
  }
  await withStore(options, async ({ audit }) => {
    const verified = await verifyLog(audit, options);
    refuseUnsound(verified);
    const given = { audit, directory: options.out, trust, signer, ...(await vouchedBy(audit, verified)) };
    const archives = await archiveMonths(given, options.until);
    const shown = archives.map(({ content }) => content);
    print(options.json === true, { archives: shown }, () =>
      shown.length === 0
        ? `there is nothing to archive up to ${options.until}`
        : shown.map(({ file, records, number }) => `archive ${number}: ${records} records in ${file}`).join('\n'),
    );
  });
}

/** A log is archived as it should be or not at all. */
function refuseUnsound({ result, ...compared }: VerifiedLog): void {
  const count = problemsOfWriting(verifyReport(result, compared), compared.judged);
  if (count > 0) throw new Error(`nothing was archived: rcsctl audit verify finds ${count} problems`);
}

/** How far checkpoints vouch for each chain, and the last of them. */
async function vouchedBy(audit: AuditLog, { found }: VerifiedLog): Promise<Pick<Archiving, 'vouched' | 'checkpoint'>> {
  const checkpoint = await audit.lastCheckpoint();
  if (checkpoint === undefined) throw new Error('nothing was archived: no gateway vouches for this log');
  return { vouched: writer => found.vouchedSize(writer), checkpoint };
}

function operatorSigner({ operatorCertificate, operatorKey, config }: ArchiveOptions): StatementSigner {
  const operator =
    operatorCertificate !== undefined && operatorKey !== undefined
      ? { certificateFile: operatorCertificate, keyFile: operatorKey }
      : readConfiguration(config).rcsctl?.operator;
  if (operator === undefined) {
    throw new ConfigurationError('name who seals: --operator-certificate and --operator-key, or rcsctl.operator');
  }
  const certificatePem = readOptionFile('rcsctl.operator.certificateFile', operator.certificateFile);
  const keyPem = readOptionFile('rcsctl.operator.keyFile', operator.keyFile);
  checkKeyFits('rcsctl.operator.keyFile', operator.keyFile, keyPem, certificatePem);
  return new StatementSigner({ current: { certificatePem, keyPem } }, auditArchiveType);
}

function endedMonth(text: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('It must be a month such as 2026-09.');
  if (Date.now() < Date.parse(firstMoment(monthAfter(text)))) throw new InvalidArgumentError('It is not over yet.');
  return text;
}
