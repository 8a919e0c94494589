/** One challenge of a WWW-Authenticate field, RFC 9110, 11.6.1. Scheme and parameter names in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const parameter = /([!#$%&'*+.^_`|~\w-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~\w-]+))[ \t,]*/y;
const scheme = /([!#$%&'*+.^_`|~\w-]+)(?:[ \t]+|[ \t]*(?:,|$))[ \t,]*/y;

/** Reads all challenges; what follows something unreadable is left out. */
export function parseChallenges(field: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let position = /^[ \t,]*/.exec(field)?.[0].length ?? 0;
  while (position < field.length) {
    const found = match(parameter, field, position);
    const current = challenges.at(-1);
    if (found !== undefined && current !== undefined) {
      const [, name = '', quoted, token] = found;
      current.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
      position += found[0].length;
      continue;
    }
    const next = match(scheme, field, position);
    if (next?.[1] === undefined) break;
    challenges.push({ scheme: next[1].toLowerCase(), parameters: new Map() });
    position += next[0].length;
  }
  return challenges;
}

function match(pattern: RegExp, text: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text) ?? undefined;
}
