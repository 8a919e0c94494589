import { once } from 'node:events';
import { InvalidArgumentError, type Command } from 'commander';
import type { AuditQuery, AuditRecord } from '#store';
import { withStore, withStoreOptions, type StoreOptions } from '../audit/audit-store.js';
import { print } from '../terminal/print.js';
import { keyUseJournalCommand } from './key-use-journal.command.js';
import { auditArchiveCommand } from './audit-archive.command.js';
import { auditProofCommands } from './audit-proof.commands.js';
import { auditVerifyCommand } from './audit-verify.command.js';
import { operatorJournalCommand } from './operator-journal.command.js';

interface SelectionOptions extends StoreOptions, Pick<AuditQuery, 'from' | 'to' | 'user' | 'recording'> {}

interface ListOptions extends SelectionOptions {
  readonly limit: number;
  readonly json?: boolean;
}

/** `rcsctl audit ...`. */
export function auditCommand(program: Command): void {
  const audit = program.command('audit').description('look after the audit log');
  operatorJournalCommand(audit);
  keyUseJournalCommand(audit);
  auditVerifyCommand(audit);
  auditArchiveCommand(audit);
  auditProofCommands(audit);
  selecting(audit.command('list'))
    .description('show the newest records that match')
    .option('--limit <count>', 'at most so many', wholeNumber, 50)
    .option('--json', 'JSON for programs')
    .action(list);
  selecting(audit.command('export'))
    .description('write the records that match as JSON lines, oldest first')
    .action(exportAll);
}

function selecting(command: Command): Command {
  return withStoreOptions(command)
    .option('--from <time>', 'not before this time, such as 2026-01-31T08:00:00Z')
    .option('--to <time>', 'before this time')
    .option('--user <name>', 'of this user')
    .option('--recording <id>', 'about this recording');
}

async function list({ store: directory, config, limit, json, ...selection }: ListOptions): Promise<void> {
  await withStore({ store: directory, config }, async ({ audit }) => {
    const records: AuditRecord[] = [];
    for await (const record of audit.query({ ...selection, limit, order: 'newest-first' })) records.push(record);
    print(json === true, { records }, () => records.map(lineOf).join('\n'));
  });
}

async function exportAll({ store: directory, config, ...selection }: SelectionOptions): Promise<void> {
  await withStore({ store: directory, config }, async ({ audit }) => {
    process.stdout.on('error', () => process.exit(1));
    for await (const record of audit.query(selection)) {
      if (!process.stdout.write(`${JSON.stringify(record)}\n`)) await once(process.stdout, 'drain');
    }
  });
}

/** One line per record; what strangers sent is quoted, so that it cannot pose as another line or move the cursor. */
function lineOf({ time, event, outcome, user, address, recording, detail }: AuditRecord): string {
  const quoted = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`${name}=${JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029]/g, '?')}`];
  const fields = [...quoted('user', user), ...quoted('address', address), ...quoted('recording', recording)];
  return [time, event, outcome, ...fields, ...quoted('detail', detail)].join(' ');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return value;
}
