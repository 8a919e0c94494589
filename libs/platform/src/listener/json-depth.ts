const code = (character: string): number => character.charCodeAt(0);
const [brace, bracket, closingBrace, closingBracket] = [code('{'), code('['), code('}'), code(']')];
const [quote, backslash] = [code('"'), code('\\')];

/** Whether brackets and braces outside of strings are ever open more often than that. */
export function nestsDeeperThan(limit: number, json: string): boolean {
  return hasMoreThan(limit, json) && goesDeeperThan(limit, json);
}

/** Whether there are more of them, in strings and outside: most texts have so few that nobody needs to look closer. */
function hasMoreThan(limit: number, json: string): boolean {
  let found = 0;
  for (const opening of ['{', '['])
    for (let index = json.indexOf(opening); index >= 0; index = json.indexOf(opening, index + 1))
      if (++found > limit) return true;
  return false;
}

function goesDeeperThan(limit: number, json: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < json.length; index++) {
    const char = json.charCodeAt(index);
    if (inString) {
      if (char === backslash) index++;
      else if (char === quote) inString = false;
    } else if (char === quote) inString = true;
    else if (char === brace || char === bracket) {
      if (++depth > limit) return true;
    } else if (char === closingBrace || char === closingBracket) depth--;
  }
  return false;
}
