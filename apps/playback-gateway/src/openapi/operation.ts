import { z } from 'zod';

type JsonSchema = Readonly<Record<string, unknown>>;

/** One operation of the REST API, as the document describes it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** With `{parameters}`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Whether the body may be a form as well. */
  readonly form?: boolean;
  readonly status: number;
  /** Name of a schema; undefined for an answer without a body. */
  readonly answer?: string;
  /** `application/json` unless told. */
  readonly answerType?: string;
  /** Codes that the problem document may carry beside the common ones. */
  readonly problems: readonly string[];
}

const problemType = 'application/problem+json';

/** The operation object of OpenAPI 3.1. */
export function describeOperation(operation: Operation): JsonSchema {
  const { summary, description, path, query, body, form, problems } = operation;
  return {
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: [...pathParameters(path), ...(query === undefined ? [] : queryParameters(query))],
    ...(body === undefined ? {} : { requestBody: requestBody(body, form === true) }),
    responses: {
      [operation.status]: answer(operation),
      default: {
        description: `A problem (RFC 9457)${problems.length === 0 ? '' : `: ${problems.join(', ')}`}.`,
        content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function answer({ answer: name, answerType = 'application/json' }: Operation): JsonSchema {
  if (name === undefined) return { description: 'Done.' };
  const schema = name === 'text' ? { type: 'string' } : { $ref: `#/components/schemas/${name}` };
  return { description: 'Done.', content: { [answerType]: { schema } } };
}

function pathParameters(path: string): JsonSchema[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(schema: z.ZodType): JsonSchema[] {
  const { properties = {}, required = [] } = jsonSchema(schema) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: property,
  }));
}

function requestBody(schema: z.ZodType, form: boolean): JsonSchema {
  const content = { schema: jsonSchema(schema) };
  return {
    required: true,
    content: { 'application/json': content, ...(form ? { 'multipart/form-data': content } : {}) },
  };
}

/** What is sent, before defaults and transformations. */
function jsonSchema(schema: z.ZodType): JsonSchema {
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.fromEntries(Object.entries(described).filter(([name]) => name !== '$schema'));
}
