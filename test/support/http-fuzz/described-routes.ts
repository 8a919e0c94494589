import type { Schema } from './json-samples.js';

/** A route as the router of the gateway has it. */
export interface Route {
  readonly method: string;
  readonly url: string;
}

/** A route with what the description of the API says of its requests and answers. */
export interface DescribedRoute extends Route {
  readonly query: readonly string[];
  readonly body: Schema | undefined;
  /** Whether its body may be a form. */
  readonly form: boolean;
  /** Statuses that it may answer. */
  readonly statuses: ReadonlySet<number>;
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface DocumentedOperation {
  readonly parameters: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

/** Joins what is registered with what is described. @throws Error for a route that the description does not know. */
export function describedRoutes(routes: readonly Route[], document: ApiDocument): readonly DescribedRoute[] {
  return routes.map(route => {
    const operation = document.paths[route.url.replace(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()];
    if (operation === undefined) throw new Error(`${route.method} ${route.url} has no place in the description`);
    const content = operation.requestBody?.content;
    return {
      ...route,
      query: operation.parameters.filter(parameter => parameter.in === 'query').map(({ name }) => name),
      body: content?.['application/json']?.schema,
      form: content?.['multipart/form-data'] !== undefined,
      statuses: new Set(Object.keys(operation.responses).map(Number)),
    };
  });
}

/** Finds a schema of the document by its reference. */
export const resolverOf =
  ({ components }: ApiDocument) =>
  (reference: string): Schema =>
    components.schemas[reference.split('/').at(-1) ?? ''] ?? {};
