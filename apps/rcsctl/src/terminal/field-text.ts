import { textTable } from './text-table.js';

type Fields = Readonly<Record<string, unknown>>;

/** Names and values, one to a line, for people: objects in an object as `outer.inner`, lists of objects as a table. */
export function fieldText(values: Fields): string {
  const shown = flat(values);
  const lists = shown.filter((field): field is [string, readonly Fields[]] => isListOfObjects(field[1]));
  const single = shown.filter(([, value]) => !isListOfObjects(value));
  const width = Math.max(0, ...single.map(([name]) => name.length));
  return [
    ...single.map(([name, value]) => `${name.padEnd(width)}  ${scalarText(value)}`),
    ...lists.map(([name, list]) => `\n${name}\n${listText(list)}`),
  ].join('\n');
}

/** One row for each object; the columns are all names that any of them has. */
export function listText(list: readonly Fields[]): string {
  const rows = list.map(one => new Map(flat(one)));
  const names = [...new Set(rows.flatMap(row => [...row.keys()]))];
  return textTable(
    names,
    rows.map(row => names.map(name => (row.has(name) ? scalarText(row.get(name)) : ''))),
  );
}

/** Without what is absent; names of inner objects follow that of the outer one. */
function flat(values: Fields): [string, unknown][] {
  return Object.entries(values).flatMap(([name, value]): [string, unknown][] => {
    if (value === undefined || value === null) return [];
    if (!isObject(value)) return [[name, value]];
    return flat(value).map(([inner, innerValue]) => [`${name}.${inner}`, innerValue]);
  });
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isListOfObjects = (value: unknown): value is readonly Fields[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject);

function scalarText(value: unknown): string {
  if (typeof value === 'string') return value.trimEnd();
  if (!Array.isArray(value)) return String(value);
  if (value.length === 0) return 'none';
  return value
    .map(one =>
      isObject(one)
        ? flat(one)
            .map(([name, text]) => `${name} ${scalarText(text)}`)
            .join(' ')
        : scalarText(one),
    )
    .join(', ');
}
