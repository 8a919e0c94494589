import type { KeystoreType } from '#certificates';
import { textTable } from '../terminal/text-table.js';
import type { PlannedEntry } from './keystore-plan.js';
import type { ImportedEntry } from './run-import.js';

/** What is known of the file itself. */
export interface KeystoreSummary {
  readonly file: string;
  readonly type: KeystoreType;
  readonly integrityVerified: boolean;
  readonly contactCenter: string;
}

/** `imported` is false for a dry run. */
export interface ImportReport {
  readonly keystore: KeystoreSummary;
  readonly imported: boolean;
  readonly entries: readonly (PlannedEntry | ImportedEntry)[];
}

const outcomeTexts: Readonly<Record<PlannedEntry['action'] | ImportedEntry['outcome'], string>> = {
  import: 'to import',
  imported: 'imported',
  'already-there': 'already there',
  refused: 'REFUSED',
  failed: 'FAILED',
  'not-a-key': 'no key',
  'left-out': 'left out',
};

/** Whether something went wrong that somebody has to look at. */
export function hasFailures({ entries }: ImportReport): boolean {
  return entries.some(entry => entry.action === 'refused' || outcomeOf(entry) === 'failed');
}

/** The table of aliases, and below it what there is to say about single ones. */
export function reportText(report: ImportReport): string {
  const { keystore, entries } = report;
  const head = `${keystore.file}: ${keystore.type}, ${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}, contact center ${keystore.contactCenter}`;
  const integrity = keystore.integrityVerified
    ? []
    : ['Nothing proves that this file is as it was written: it has no MAC, or no password was given.'];
  const notes = entries.flatMap(entry => {
    const text = entry.reason === undefined ? entry.notice : `${entry.reason.message} (${entry.reason.code})`;
    return text === undefined ? [] : [`${entry.alias}: ${text}`];
  });
  return [
    head,
    ...integrity,
    '',
    table(entries),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    '',
    totals(report),
  ].join('\n');
}

function table(entries: ImportReport['entries']): string {
  return textTable(
    ['ALIAS', 'SUBJECT', 'SERIAL NUMBER', 'EXPIRES', 'BITS', ''],
    entries.map(entry => [
      entry.targetAlias === entry.alias ? entry.alias : `${entry.alias} -> ${entry.targetAlias}`,
      entry.certificate?.subject ?? '',
      entry.certificate?.serialNumber ?? '',
      expiryText(entry),
      bitsText(entry),
      outcomeTexts[outcomeOf(entry)],
    ]),
  );
}

/** Blank for other keys than RSA. */
function bitsText({ certificate }: PlannedEntry): string {
  return certificate === undefined || certificate.keyBits === 0 ? '' : String(certificate.keyBits);
}

function expiryText({ certificate }: PlannedEntry): string {
  if (certificate === undefined) return '';
  const date = certificate.expires.slice(0, 10);
  return certificate.status === 'valid' ? date : `${date} (${certificate.status.replaceAll('-', ' ')})`;
}

function totals({ imported, entries }: ImportReport): string {
  const count = (outcome: PlannedEntry['action'] | ImportedEntry['outcome']): number =>
    entries.filter(entry => outcomeOf(entry) === outcome).length;
  return imported
    ? `${count('imported')} imported, ${count('already-there')} already there, ${count('refused') + count('failed')} not imported`
    : `${count('import')} to import, ${count('already-there')} already there, ${count('refused')} refused; nothing was changed`;
}

const outcomeOf = (entry: PlannedEntry | ImportedEntry): PlannedEntry['action'] | ImportedEntry['outcome'] =>
  'outcome' in entry ? entry.outcome : entry.action;
