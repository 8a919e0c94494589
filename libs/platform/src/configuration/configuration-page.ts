import { z } from 'zod';
import { configurationSchema } from './configuration.schema.js';

/** As much as is needed of JSON Schema. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

interface Option {
  readonly path: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** docs/configuration.md, made from the schema that application.yaml is checked with. */
export function configurationPage(): string {
  const schema = z.toJSONSchema(configurationSchema(), { io: 'input', unrepresentable: 'any' }) as Schema;
  const sections = Object.entries(schema.properties ?? {});
  const simple = sections.filter(([, { properties, items }]) => properties === undefined && items === undefined);
  const others = sections.filter(section => !simple.includes(section));
  return [
    '# Configuration',
    '',
    'Every option of `application.yaml`, with its type, its default and, where the name does not say it, what it means. How options are used',
    'together shows [application.yaml](../application.yaml). Every service reads one file (`RCS_CONFIG`) and takes its own sections from it;',
    'an option that does not exist stops the start with a line that names it. An environment variable sets any option: `RCS_`, then the path in',
    'capitals with `_` between words and `__` between levels, such as `RCS_KEY_VAULT__LISTEN__PORT` for `keyVault.listen.port`. A _secret_ is a text,',
    'or better `{ file: PATH }`; both may hold `CRYPT:...` of `rcsctl encrypt-password`. `[]` stands for each element of a list.',
    '',
    'This page is made by `npm run docs` from the schema, `libs/platform/src/configuration/configuration.schema.ts`.',
    '',
    '## The top level',
    '',
    ...table(simple.map(([path, one]) => ({ path, schema: one, required: false }))),
    ...others.flatMap(([name, section]) => [
      '',
      `## \`${name}\``,
      ...(section.description === undefined ? [] : ['', section.description]),
      '',
      ...table(optionsOf(section, name, false)),
    ]),
    '',
  ].join('\n');
}

/** The options below a section; what is only a level has a row of its own where something is said of it. */
function optionsOf(schema: Schema, path: string, required: boolean): Option[] {
  const inner = schema.items !== undefined && schema.items.properties !== undefined ? schema.items : schema;
  if (inner.properties === undefined) return [{ path, schema, required }];
  const base = inner === schema ? path : `${path}[]`;
  const own = path.includes('.') && schema.description !== undefined ? [{ path, schema, required }] : [];
  const below = Object.entries(inner.properties).flatMap(([name, option]) => {
    const mustBeThere = inner.required?.includes(name) === true && option.default === undefined;
    return optionsOf(option, `${base}.${name}`, mustBeThere);
  });
  return [...own, ...below];
}

function table(options: readonly Option[]): string[] {
  const rows = options.map(({ path, schema, required }) => {
    const cells = [`\`${path}\``, typeOf(schema), required ? 'required' : defaultOf(schema), schema.description ?? ''];
    return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| option | type | default | meaning |', '| --- | --- | --- | --- |', ...rows];
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined)
    return schema.enum.map(value => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``).join(', ');
  if (schema.anyOf !== undefined) return isSecret(schema.anyOf) ? 'secret' : schema.anyOf.map(typeOf).join(' or ');
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  if (schema.type === 'integer' || schema.type === 'number') return `number${boundsOf(schema)}`;
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.type === 'object') return 'section';
  return schema.format === 'uri' ? 'URL' : 'text';
}

const isSecret = (forms: readonly Schema[]): boolean =>
  forms.length === 2 && Object.keys(forms[1]?.properties ?? {}).join() === 'file';

function boundsOf({ minimum, maximum }: Schema): string {
  const from = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const to = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (from !== undefined && to !== undefined) return `, ${from} to ${to}`;
  if (from !== undefined) return `, at least ${from}`;
  return to === undefined ? '' : `, at most ${to}`;
}

function defaultOf({ default: value, type }: Schema): string {
  return value === undefined || type === 'object' ? '' : `\`${JSON.stringify(value)}\``;
}
