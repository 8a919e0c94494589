import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

const names = z.registry<{ id: string }>();
const placeOf = (name: string): string => `#/components/schemas/${name}`;

/** Gives the schema of an answer the name that it has in the document. */
export function named<T extends z.ZodType>(id: string, schema: T): T {
  names.add(schema, { id });
  return schema;
}

/** @throws Error for a schema without a name. */
export function referenceTo(schema: z.ZodType): JsonSchema {
  const name = names.get(schema)?.id;
  if (name === undefined) throw new Error('the schema of an answer has no name');
  return { $ref: placeOf(name) };
}

/** All named schemas as JSON Schema, as what is sent. An object has no field that its schema does not name. */
export function namedSchemas(): Readonly<Record<string, JsonSchema>> {
  const { schemas } = z.toJSONSchema(names, { io: 'output', uri: placeOf });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, portable(withoutIdentity(schema)) as JsonSchema]),
  );
}

/** What is received, before defaults and transformations. */
export function requestSchema(schema: z.ZodType): JsonSchema {
  return portable(
    withAnyJson(withoutIdentity(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))),
  ) as JsonSchema;
}

/** Inside the document a schema is known by its place. */
const withoutIdentity = (schema: object): JsonSchema =>
  Object.fromEntries(Object.entries(schema).filter(([name]) => !['$schema', '$id', '$defs'].includes(name)));

/** `z.json()` refers to a definition of its own, which says no more than the empty schema: any JSON. */
function withAnyJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withAnyJson);
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value) return {};
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withAnyJson(part)]));
}

/** Patterns with ranges for the classes of characters that few engines of regular expressions have (JSON Schema 2020-12, section 6.4). */
function portable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(portable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      name === 'pattern' && typeof part === 'string' ? withRanges(part) : portable(part),
    ]),
  );
}

/** General categories of Unicode, within brackets. */
const withRanges = (pattern: string): string =>
  pattern.replaceAll('\\p{Cc}', '\\u0000-\\u001f\\u007f-\\u009f').replaceAll('\\p{Cs}', '');
