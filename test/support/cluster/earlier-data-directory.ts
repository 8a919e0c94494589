import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const fixtures = join(__dirname, '../../fixtures');

/** Puts the data directory of an earlier version in this place; see fixtures/earlier-data-directory/make.sh. */
export function unpackEarlierDataDirectory(directory: string): void {
  mkdirSync(directory, { mode: 0o711 });
  execFileSync('tar', ['xzf', join(fixtures, 'earlier-data-directory/data.tar.gz'), '-C', directory]);
  // SoftHSM finds its tokens by an absolute path, so this one file cannot be brought along.
  const token = join(directory, 'token');
  const settings = `directories.tokendir = ${join(token, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`;
  writeFileSync(join(token, 'softhsm2.conf'), settings, { mode: 0o600 });
}

/** What was recorded under this id, except for the two of the demo. */
export const earlierSound = (id: string): Buffer =>
  Buffer.concat([readFileSync(join(fixtures, 'call.mp3')).subarray(0, 12_000), Buffer.from(`this is ${id}\n`)]);
