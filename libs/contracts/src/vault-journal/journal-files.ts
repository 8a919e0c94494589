import { readdirSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

const digits = 12;

/** What a full journal is called from then on: by its last record, so that names sort in the order of the chain. */
export function sealedJournalName(file: string, lastSequence: number): string {
  const extension = extname(file);
  const stem = basename(file, extension);
  return join(dirname(file), `${stem}.${String(lastSequence).padStart(digits, '0')}${extension}`);
}

/** The full journals that came before `file`, oldest first. */
export function sealedJournals(file: string): string[] {
  const extension = extname(file);
  const stem = `${basename(file, extension)}.`;
  return readdirSync(dirname(file))
    .filter(
      name =>
        name.startsWith(stem) &&
        name.endsWith(extension) &&
        new RegExp(`^\\d{${digits}}$`).test(name.slice(stem.length, name.length - extension.length)),
    )
    .sort()
    .map(name => join(dirname(file), name));
}
