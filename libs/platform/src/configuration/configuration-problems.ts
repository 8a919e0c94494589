import type { core } from 'zod';
import { unknownOptions } from './options-of-the-original.js';

/**
 * All that is wrong with a configuration, a sentence for each, that names the option.
 * @param written the values as they were given
 */
export function configurationProblems(issues: readonly core.$ZodIssue[], written: unknown): readonly string[] {
  return issues.flatMap(issue => {
    const path = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [`${optionAt(path)}: ${issue.message}`];
    return issue.keys.flatMap(key => unknownAt([...path, key], written));
  });
}

function unknownAt(path: readonly string[], written: unknown): readonly string[] {
  return unknownOptions(path, valueAt(path, written)).map(({ path: option, answer }) =>
    answer === undefined
      ? `${optionAt(option.slice(0, -1))}: Unrecognized key: "${option.at(-1) ?? ''}"`
      : `${optionAt(option)} of Genesys RCS ${answer}`,
  );
}

const optionAt = (path: readonly string[]): string => (path.length === 0 ? 'the document' : `option ${path.join('.')}`);

function valueAt(path: readonly string[], written: unknown): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    written,
  );
}
