import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isPair, isScalar, isSeq, parseDocument, type ParsedNode } from 'yaml';
import { z } from 'zod';
import { configurationSchema } from './configuration.schema.js';

/** As much as is needed of JSON Schema. Alternatives (`anyOf`) are forms of one value: a secret as text or file. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Every option by its path, as the schema has it; what lists hold has no level of its own. */
function optionsOf(schema: Schema, path = ''): string[] {
  if (schema.items !== undefined) return optionsOf(schema.items, path);
  if (schema.properties === undefined) return [path];
  return Object.entries(schema.properties).flatMap(([name, option]) =>
    optionsOf(option, path === '' ? name : `${path}.${name}`),
  );
}

/** Every path that the file names; a path that is given twice, once as a comment, counts once. */
function pathsOf(node: ParsedNode | null, path = ''): string[] {
  if (isSeq(node)) return node.items.flatMap(item => pathsOf(item, path));
  if (!isMap(node)) return [path];
  return node.items.flatMap(pair => {
    if (!isPair(pair) || !isScalar(pair.key)) return [];
    const below = path === '' ? String(pair.key.value) : `${path}.${String(pair.key.value)}`;
    return [below, ...pathsOf(pair.value, below)];
  });
}

/** The file with all options in force that stand there as comments. */
function withCommentedOptions(text: string, names: ReadonlySet<string>): string {
  const commented = /^((?: *# )+)( *(?:- )?(?:\{ )?(\w+):(?: .*)?)$/;
  const lines = text.split('\n').map(line => {
    const [, marks = '', option = '', name = ''] = commented.exec(line) ?? [];
    return names.has(name) ? marks.replaceAll('# ', '') + option : line;
  });
  return lines.join('\n');
}

describe('application.yaml', () => {
  const schema = z.toJSONSchema(configurationSchema(), { io: 'input', unrepresentable: 'any' }) as Schema;
  const options = optionsOf(schema);
  const names = new Set(options.flatMap(option => option.split('.')));
  const text = readFileSync(join(__dirname, '../../../../application.yaml'), 'utf8');
  const document = parseDocument(withCommentedOptions(text, names), { uniqueKeys: false });
  const paths = new Set(pathsOf(document.contents));

  it('is YAML with its comments in force as well', () => {
    expect(document.errors.map(({ message }) => message)).toEqual([]);
  });

  it('has every option, those that are seldom needed as comments', () => {
    expect(options.length).toBeGreaterThan(200);
    expect(options.filter(option => !paths.has(option))).toEqual([]);
  });

  it('has nothing that is no option', () => {
    const known = (path: string): boolean =>
      options.some(option => option === path || option.startsWith(`${path}.`) || path.startsWith(`${option}.`));
    expect([...paths].filter(path => path !== '' && !known(path))).toEqual([]);
  });
});
