import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { emptyJournal, readJournalLine, type JournalPosition } from '#contracts';
import { print } from '../terminal/print.js';

/** `rcsctl audit verify-operators`: proves that no line of a vault's operator journal was changed, removed or moved. */
export function operatorJournalCommand(audit: Command): void {
  audit
    .command('verify-operators')
    .description("check the hash chain of a vault's operator journal; exit status 1 when something is wrong")
    .argument('<file>', 'keyVault.allowOperatorUnwrap.journalFile')
    .option('--json', 'machine-readable output')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const result = await verifyJournal(file);
      print(json === true, result, () =>
        result.problem === undefined
          ? `${result.records} records, no problem found`
          : `${result.records} records are right, then: line ${result.records + 1}: ${result.problem}`,
      );
      if (result.problem !== undefined) process.exitCode = 1;
    });
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
