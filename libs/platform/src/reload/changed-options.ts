import type { Configuration } from '../configuration/configuration.schema.js';

/** Options that services take while they run: the level of the log, and where certificates lie. */
const liveOptions = [
  'logging.level',
  'internalTls.caFile',
  'internalTls.certificateFile',
  'internalTls.keyFile',
  'decryptWorker.certificateFile',
  'decryptWorker.keyFile',
  'serverSettings.ssl.certificateFile',
  'serverSettings.ssl.keyFile',
];

/** The names of the options that differ and take effect at the next start only. Names, never values: some are secrets. */
export function optionsThatNeedRestart(before: Configuration, after: Configuration): string[] {
  const names = new Set<string>();
  collect(before, after, '', names);
  return [...names].filter(name => !liveOptions.includes(name)).sort();
}

function collect(before: unknown, after: unknown, name: string, names: Set<string>): void {
  if (isSection(before) && isSection(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      collect(before[key], after[key], name === '' ? key : `${name}.${key}`, names);
  } else if (JSON.stringify(before) !== JSON.stringify(after)) names.add(name);
}

const isSection = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
