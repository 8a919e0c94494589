import type { z } from 'zod';
import { callers, problemsOfBodies, problemsOfEveryRequest } from './caller.js';
import { referenceTo, requestSchema, type JsonSchema } from './named-schema.js';
import type { Answer, Content, Operation, RouteKey } from './operation.js';
import { problemAnswers } from './problems.js';

/** Where the operation of a route stands in the document: method in lower case, and path with `{parameters}`. */
export function placeOf(route: RouteKey): { readonly method: string; readonly path: string } {
  const [method = '', url = ''] = route.split(' ');
  return { method: method.toLowerCase(), path: url.replace(/:(\w+)/g, '{$1}') };
}

/** The operation object of OpenAPI 3.1. */
export function describeOperation(route: RouteKey, feature: string, operation: Operation): JsonSchema {
  const { summary, description, caller, query, headers, body, form = false, answers, problems = [] } = operation;
  const { method, path } = placeOf(route);
  const mayHaveBody = !['get', 'head'].includes(method);
  const { security, problems: problemsOfCaller } = callers[caller];
  const codes = [...problemsOfEveryRequest, ...(mayHaveBody ? problemsOfBodies : []), ...problemsOfCaller, ...problems];
  return {
    tags: [feature],
    operationId: nameOf(method, path),
    summary,
    ...(description === undefined ? {} : { description }),
    security,
    parameters: [...pathParameters(path), ...queryParameters(query), ...headerParameters(headers)],
    ...(body === undefined ? {} : { requestBody: requestBody(body, form) }),
    responses: {
      ...problemAnswers(path, codes),
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer)])),
    },
  };
}

/** `get-rcs-certificates-alias`: names of methods for generators of clients. */
const nameOf = (method: string, path: string): string =>
  [method, ...path.split(/[/{}]+/).filter(part => part !== '')].join('-');

function describeAnswer({ description, content, headers }: Answer): JsonSchema {
  return {
    description,
    ...(headers === undefined ? {} : { headers: Object.fromEntries(Object.entries(headers).map(answerHeader)) }),
    ...(content === undefined ? {} : { content: Object.fromEntries(Object.entries(content).map(mediaType)) }),
  };
}

const answerHeader = ([name, description]: [string, string]): [string, JsonSchema] => [
  name,
  { description, schema: { type: 'string' } },
];

function mediaType([type, content]: [string, Content[string]]): [string, JsonSchema] {
  if (content === 'text') return [type, { schema: { type: 'string' } }];
  // Bytes: OpenAPI 3.1 leaves the schema out.
  return [type, content === 'bytes' ? {} : { schema: referenceTo(content) }];
}

function pathParameters(path: string): JsonSchema[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function headerParameters(headers: Operation['headers'] = {}): JsonSchema[] {
  return Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }));
}

/** Alternatives of a query become parameters of which none is required. */
function queryParameters(query: z.ZodType | undefined): JsonSchema[] {
  if (query === undefined) return [];
  const schema = requestSchema(query) as QuerySchema;
  const alternatives = schema.anyOf ?? [schema];
  const required = alternatives.length === 1 ? (schema.required ?? []) : [];
  return alternatives.flatMap(({ properties = {} }) =>
    Object.entries(properties).map(([name, property]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      schema: property,
    })),
  );
}

interface QuerySchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly QuerySchema[];
}

function requestBody(schema: z.ZodType, form: boolean): JsonSchema {
  const content = { schema: requestSchema(schema) };
  return {
    required: !schema.safeParse(undefined).success,
    content: { 'application/json': content, ...(form ? { 'multipart/form-data': content } : {}) },
  };
}
