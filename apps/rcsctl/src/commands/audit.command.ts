import { once } from 'node:events';
import { InvalidArgumentError, type Command } from 'commander';
import { requireSections } from '#platform';
import { openSqliteStore, type AuditProblem, type AuditQuery, type AuditRecord, type Store } from '#store';
import { readCheckpoints } from '../audit/read-checkpoints.js';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { print } from '../terminal/print.js';
import { textTable } from '../terminal/text-table.js';
import { keyUseJournalCommand } from './key-use-journal.command.js';
import { operatorJournalCommand } from './operator-journal.command.js';

interface StoreOptions extends ConfigurationOptions {
  readonly store?: string;
}

interface VerifyOptions extends StoreOptions {
  readonly checkpoints?: string;
  readonly ca?: string;
  readonly json?: boolean;
}

interface SelectionOptions extends StoreOptions, Pick<AuditQuery, 'from' | 'to' | 'user' | 'recording'> {}

interface ListOptions extends SelectionOptions {
  readonly limit: number;
  readonly json?: boolean;
}

/** `rcsctl audit verify | list | export`. */
export function auditCommand(program: Command): void {
  const audit = program.command('audit').description('look after the audit log');
  operatorJournalCommand(audit);
  keyUseJournalCommand(audit);
  withStoreOptions(audit.command('verify'))
    .description('prove that no record was changed, removed or moved; exit status 1 when something is wrong')
    .option('--ca <file>', 'internal authority (PEM): compare with the checkpoints that gateways signed')
    .option('--checkpoints <file>', 'file of the checkpoints; audit-checkpoints.jsonl beside the store when absent')
    .option('--json', 'JSON for programs')
    .action(verify);
  selecting(audit.command('list'))
    .description('show the newest records that match')
    .option('--limit <count>', 'at most so many', wholeNumber, 50)
    .option('--json', 'JSON for programs')
    .action(list);
  selecting(audit.command('export'))
    .description('write the records that match as JSON lines, oldest first')
    .action(exportAll);
}

function withStoreOptions(command: Command): Command {
  return withConfiguration(command.option('--store <directory>', 'the store; that of the configuration when absent'));
}

function selecting(command: Command): Command {
  return withStoreOptions(command)
    .option('--from <time>', 'not before this time, such as 2026-01-31T08:00:00Z')
    .option('--to <time>', 'before this time')
    .option('--user <name>', 'of this user')
    .option('--recording <id>', 'about this recording');
}

async function verify({ checkpoints: file, ca, json, ...where }: VerifyOptions): Promise<void> {
  const kept = await readCheckpoints({ storeDirectory: storeDirectory(where), file, caFile: ca });
  await withStore(where, async store => {
    const result = await store.audit.verify(kept?.checkpoints);
    const checkpoints = kept === undefined ? undefined : { compared: kept.checkpoints.length, refused: kept.refused };
    print(json === true, { ...result, ...(checkpoints === undefined ? {} : { checkpoints }) }, () =>
      [
        `${result.records} records of ${result.writers} writers`,
        checkpoints === undefined
          ? 'not compared with checkpoints: an end that was cut off is only found with --ca'
          : `compared with ${checkpoints.compared} checkpoints`,
        ...(kept?.refused ?? []).map(({ line, reason }) => `checkpoint refused: line ${line}: ${reason}`),
        ...(result.problems.length === 0 ? ['no problem found'] : [problemTable(result.problems)]),
      ].join('\n'),
    );
    if (result.problems.length > 0 || (kept?.refused.length ?? 0) > 0) process.exitCode = 1;
  });
}

async function list({ store: directory, config, limit, json, ...selection }: ListOptions): Promise<void> {
  await withStore({ store: directory, config }, async store => {
    const records: AuditRecord[] = [];
    for await (const record of store.audit.query({ ...selection, limit, order: 'newest-first' })) records.push(record);
    print(json === true, { records }, () => records.map(lineOf).join('\n'));
  });
}

async function exportAll({ store: directory, config, ...selection }: SelectionOptions): Promise<void> {
  await withStore({ store: directory, config }, async store => {
    process.stdout.on('error', () => process.exit(1));
    for await (const record of store.audit.query(selection)) {
      if (!process.stdout.write(`${JSON.stringify(record)}\n`)) await once(process.stdout, 'drain');
    }
  });
}

/** Where the store is; the configuration is read only where no option says it. */
function storeDirectory({ store, config }: StoreOptions): string {
  return store ?? requireSections(readConfiguration(config), 'store').store.directory;
}

async function withStore(where: StoreOptions, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await openSqliteStore({ directory: storeDirectory(where), auditWriter: 'rcsctl' });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

function problemTable(problems: readonly AuditProblem[]): string {
  const rows = problems.map(({ writer, sequence, kind, detail }) => [writer, String(sequence), kind, detail]);
  return textTable(['Writer', 'Record', 'Problem', 'Detail'], rows);
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
