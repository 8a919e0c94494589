import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { emptyJournal, readJournalLine, type JournalPosition } from '#contracts';
import { ConfigurationError } from '#platform';
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
      print(json === true, result, () =>
        result.problem === undefined
          ? `${result.records} records, no problem found`
          : `${result.records} records are right, then: line ${result.records + 1}: ${result.problem}`,
      );
      if (result.problem !== undefined) process.exitCode = 1;
    });
}

function configuredJournal(configurationFile: string | undefined): string {
  const file = readConfiguration(configurationFile).keyVault?.allowOperatorUnwrap?.journalFile;
  if (file === undefined)
    throw new ConfigurationError('name the journal, or configure keyVault.allowOperatorUnwrap.journalFile');
  return file;
}

async function verifyJournal(file: string): Promise<{ readonly records: number; readonly problem?: string }> {
  let position: JournalPosition = emptyJournal;
  let records = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    try {
      position = readJournalLine(line, position);
    } catch (error) {
      return { records, problem: error instanceof Error ? error.message : String(error) };
    }
    records++;
  }
  return { records };
}
