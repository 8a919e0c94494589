import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { certificateControllers } from '../certificate-providers.js';
import { openApiDocument } from './openapi-document.js';

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** What Nest would route, from the decorators. */
function routesOf(controller: Type): string[] {
  const base = Reflect.getMetadata('path', controller) as string;
  const prototype = controller.prototype as Record<string, object>;
  const methods = Object.getOwnPropertyNames(prototype).filter(name => name !== 'constructor');
  return methods.flatMap(name => {
    const handler = prototype[name];
    const path = handler === undefined ? undefined : (Reflect.getMetadata('path', handler) as string | undefined);
    if (handler === undefined || path === undefined) return [];
    const method = RequestMethod[Reflect.getMetadata('method', handler) as number]!.toLowerCase();
    const full = `/${base}${path === '/' ? '' : `/${path}`}`.replace(/:(\w+)/g, '{$1}');
    return [`${method} ${full}`];
  });
}

describe(openApiDocument.name, () => {
  const document = openApiDocument() as unknown as Described;

  it('describes every route of the administration of certificates, and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map(method => `${method} ${path}`),
    );
    expect(described.sort()).toEqual(certificateControllers.flatMap(routesOf).sort());
  });

  it('names only schemas that it has', () => {
    const names = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) expect(Object.keys(document.components.schemas)).toContain(name);
  });
});
