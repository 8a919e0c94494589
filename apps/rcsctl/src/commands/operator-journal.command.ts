import type { Command } from 'commander';
import { ConfigurationError } from '#platform';
import { verifyJournal, type JournalVerdict } from '../audit/verify-journal.js';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { print } from '../terminal/print.js';

/** `rcsctl audit verify-operators`: proves that no line of a vault's operator journal was changed, removed or moved. */
export function operatorJournalCommand(audit: Command): void {
  withConfiguration(audit.command('verify-operators'))
    .description("check the hash chain of a vault's operator journal; exit status 1 when something is wrong")
    .argument('[file]', 'the journal; keyVault.allowOperatorUnwrap.journalFile of the configuration when absent')
    .option('--json', 'JSON for programs')
    .action(async (file: string | undefined, { config, json }: ConfigurationOptions & { json?: boolean }) => {
      const result = await verifyJournal(file ?? configuredJournal(config));
      print(json === true, result, () => describeVerdict(result).join('\n'));
      if (result.problem !== undefined) process.exitCode = 1;
    });
}

/** What was found, a line for each. */
export function describeVerdict({ records, first, files, starts, tornLines, problem }: JournalVerdict): string[] {
  return [
    problem === undefined ? `${records} records, no problem found` : `${records} records are right, then: ${problem}`,
    ...(first > 0 ? [`it begins with record ${first}: older files are not here`] : []),
    ...(files > 1 ? [`${files} files, one chain`] : []),
    ...(starts > 1 ? [`${starts} processes wrote it, one after the other`] : []),
    ...(tornLines > 0
      ? [`${tornLines} lines were being written when a process died; they are kept in the journal`]
      : []),
  ];
}

function configuredJournal(configurationFile: string | undefined): string {
  const file = readConfiguration(configurationFile).keyVault?.allowOperatorUnwrap?.journalFile;
  if (file === undefined)
    throw new ConfigurationError('name the journal, or configure keyVault.allowOperatorUnwrap.journalFile');
  return file;
}
