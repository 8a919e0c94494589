import type { Command } from 'commander';
import { openSqliteStore } from '#store';
import { print } from '../terminal/print.js';
import { operatorJournalCommand } from './operator-journal.command.js';

/** `rcsctl audit verify`: proves that no record of the audit log was changed, removed or moved. */
export function auditCommand(program: Command): void {
  const audit = program.command('audit').description('look after the audit log');
  operatorJournalCommand(audit);
  audit
    .command('verify')
    .description('check the hash chain of every writer; exit status 1 when something is wrong')
    .requiredOption('--store <directory>', 'directory of the store')
    .option('--json', 'machine-readable output')
    .action(async ({ store: directory, json }: { store: string; json?: boolean }) => {
      const store = await openSqliteStore({ directory, auditWriter: 'rcsctl' });
      try {
        const result = await store.audit.verify();
        print(json === true, result, () =>
          [
            `${result.records} records of ${result.writers} writers`,
            ...(result.problems.length === 0
              ? ['no problem found']
              : result.problems.map(problem => JSON.stringify(problem))),
          ].join('\n'),
        );
        if (result.problems.length > 0) process.exitCode = 1;
      } finally {
        await store.close();
      }
    });
}
