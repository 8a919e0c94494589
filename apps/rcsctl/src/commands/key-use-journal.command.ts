import type { Command } from 'commander';
import { ConfigurationError } from '#platform';
import { GrantedPlaybacks, isPlayback, unexplained, type UnexplainedUse } from '../audit/match-key-uses.js';
import { verifyJournal } from '../audit/verify-journal.js';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { print } from '../terminal/print.js';
import { textTable } from '../terminal/text-table.js';
import { describeVerdict } from './operator-journal.command.js';

interface Options extends ConfigurationOptions {
  readonly audit?: string;
  readonly json?: boolean;
}

/** More are counted only. */
const shownUses = 100;

/** `rcsctl audit verify-key-uses`: proves a vault's journal, and compares it with what gateways recorded. */
export function keyUseJournalCommand(audit: Command): void {
  withConfiguration(audit.command('verify-key-uses'))
    .description("check the hash chain of a vault's journal of key uses; exit status 1 when something is wrong")
    .argument('[file]', 'the journal; keyVault.keyUseJournal.file of the configuration when absent')
    .option(
      '--audit <file>',
      'what `rcsctl audit export` wrote: every key that a worker had opened must have a playback there',
    )
    .option('--json', 'JSON for programs')
    .action(verify);
}

async function verify(file: string | undefined, { config, audit, json }: Options): Promise<void> {
  const granted = audit === undefined ? undefined : await GrantedPlaybacks.read(audit);
  const without: UnexplainedUse[] = [];
  let compared = 0;
  const verdict = await verifyJournal(file ?? configuredJournal(config), record => {
    if (granted === undefined || !isPlayback(record)) return;
    compared++;
    if (!granted.explains(record)) without.push(unexplained(record));
  });
  const comparison = granted === undefined ? {} : { compared, withoutPlayback: without };
  print(json === true, { ...verdict, ...comparison }, () =>
    [...describeVerdict(verdict), ...(granted === undefined ? [] : describeComparison(compared, without))].join('\n'),
  );
  if (verdict.problem !== undefined || without.length > 0) process.exitCode = 1;
}

function describeComparison(compared: number, without: readonly UnexplainedUse[]): string[] {
  if (without.length === 0) return [`${compared} key uses of workers, each with its playback in the audit`];
  const rows = without
    .slice(0, shownUses)
    .map(({ sequence, time, grantId, user, recording }) => [String(sequence), time, grantId, user, recording]);
  return [
    `${without.length} of ${compared} key uses of workers have no playback in the audit`,
    textTable(['Record', 'Time', 'Grant', 'User', 'Recording'], rows),
  ];
}

function configuredJournal(configurationFile: string | undefined): string {
  const file = readConfiguration(configurationFile).keyVault?.keyUseJournal.file;
  if (file === undefined) throw new ConfigurationError('name the journal, or give the configuration of the vault');
  return file;
}
