const token = String.raw`[\w!#$%&'*+.^|~\x60-]+`;
const pair = String.raw`(?:${token}=(?:${token}|"(?:[^"\\]|\\.)*"))`;
const lastElement = new RegExp(String.raw`(?:^|,)[ \t]*(${pair}(?:;${pair})*)[ \t]*$`);
const pairs = new RegExp(String.raw`(${token})=(${token}|"(?:[^"\\]|\\.)*")`, 'g');
/** More than any chain of proxies needs; what lies before was not written by one that is near. */
const longest = 2048;

/**
 * The elements of a Forwarded field (RFC 7239 section 4), nearest proxy last; the names are lower-case. It is read from
 * the right, where the nearest proxy wrote: what stands before something that is no element is not known.
 */
export function lastElements(value: string): readonly ReadonlyMap<string, string>[] {
  const elements: ReadonlyMap<string, string>[] = [];
  let rest = value.slice(-longest);
  for (let found = lastElement.exec(rest); found !== null; found = lastElement.exec(rest)) {
    elements.unshift(parametersOf(found[1] ?? ''));
    rest = rest.slice(0, found.index);
  }
  return elements;
}

function parametersOf(element: string): ReadonlyMap<string, string> {
  const named = [...element.matchAll(pairs)].map(([, name = '', text = '']) => {
    const value = text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
    return [name.toLowerCase(), value] as const;
  });
  return new Map(named);
}
