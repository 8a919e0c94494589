import { statSync, type Stats } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where `rcsctl quickstart` keeps everything, unless it is told. */
export const defaultDataDirectory = '.rcs';
/** What `rcsctl` reads, in a data directory. */
export const commandLineConfigurationName = 'rcsctl.yaml';

/**
 * The configuration of the quickstart in a directory: what a command reads when neither --config nor RCS_CONFIG names one.
 * Only a file that nobody else can have put there: it says where keys and passwords are sent.
 * @returns undefined when there is none.
 */
export function findConfiguration(directory: string): string | undefined {
  const file = resolve(directory, join(defaultDataDirectory, commandLineConfigurationName));
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true && isOurs(stats) ? file : undefined;
}

function isOurs({ uid, mode }: Stats): boolean {
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}
