import type { Random } from '../../../libs/cms/src/testing/fuzz/mutations.js';

/** As much of JSON Schema as the description of the API uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

/** Names that nothing real has, and texts that tend to be taken for something else. */
export const texts: readonly string[] = [
  ...['fuzz-a', 'fuzz-b', 'fuzz-c', 'x', '', ' ', '0', '-1', 'null', 'true', '__proto__', 'constructor'],
  ...['..', '../../etc/passwd', '%2e%2e%2f', 'a/b', 'a\\b', 'a;b=c', 'a\0b', 'a\r\nX: y', '\ud800', 'ü\u0301\u202e'],
  ...["'; DROP TABLE users; --", '{"a":1}', '[]', '2026-01-01T00:00:00Z', '9'.repeat(400), 'A'.repeat(3000), '=', '%'],
];
const numbers: readonly number[] = [0, 1, -1, 0.5, 2048, 65_536, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 5e-324];

export const pick = <T>(values: readonly T[], random: Random): T => values[random(values.length)]!;

/** A value of the schema, now and then of another type or without what is required. */
export function sampleOf(schema: Schema, random: Random, resolve: (reference: string) => Schema, depth = 0): unknown {
  if (depth > 6 || random(25) === 0) return anything(random);
  const sample = (inner: Schema): unknown => sampleOf(inner, random, resolve, depth + 1);
  if (schema.$ref !== undefined) return sample(resolve(schema.$ref));
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return pick(schema.enum, random);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return sample(pick(alternatives, random));
  if (schema.allOf !== undefined) {
    return Object.assign({}, ...schema.allOf.map(part => sample(part) as object)) as object;
  }
  switch (typeof schema.type === 'string' ? schema.type : schema.type?.[0]) {
    case 'object': {
      const members = Object.entries(schema.properties ?? {}).filter(
        ([name]) => random(10) > 0 && (schema.required?.includes(name) === true || random(2) === 0),
      );
      return Object.fromEntries(members.map(([name, inner]) => [name, sample(inner)]));
    }
    case 'array':
      return Array.from({ length: random(4) }, () => sample(schema.items ?? {}));
    case 'integer':
    case 'number':
      return pick(numbers, random);
    case 'boolean':
      return random(2) === 0;
    case 'string':
      return pick(texts, random);
    default:
      return anything(random);
  }
}

function anything(random: Random): unknown {
  switch (random(6)) {
    case 0:
      return null;
    case 1:
      return pick(numbers, random);
    case 2:
      return [pick(texts, random), {}];
    case 3:
      return { [pick(texts, random)]: pick(numbers, random) };
    case 4:
      return random(2) === 0;
    default:
      return pick(texts, random);
  }
}
