import { describeError } from '#platform';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read by this user',
  EPERM: 'it may not be read by this user',
  ENOTDIR: 'a part of the path is no directory',
};

/**
 * What went wrong, for people; a file that cannot be read is named with the option that named it.
 * @param parameters of the command line
 */
export function describeFailure(error: unknown, parameters: readonly string[]): string {
  const { code, path } = (error ?? {}) as { readonly code?: unknown; readonly path?: unknown };
  const reason = typeof code === 'string' ? reasons[code] : undefined;
  if (reason === undefined || typeof path !== 'string') return describeError(error);
  const option = optionOf(path, parameters);
  return option === undefined ? describeError(error) : `${option}${path}: ${reason}`;
}

/** `--option ` before the path, nothing where it stands by itself; undefined where the command line does not have it. */
function optionOf(path: string, parameters: readonly string[]): string | undefined {
  const joined = parameters.find(parameter => parameter.startsWith('--') && parameter.endsWith(`=${path}`));
  if (joined !== undefined) return `${joined.slice(0, joined.indexOf('='))} `;
  const index = parameters.indexOf(path);
  if (index === -1) return undefined;
  const before = parameters[index - 1] ?? '';
  return before.startsWith('--') ? `${before} ` : '';
}
