import 'reflect-metadata';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RequestMethod } from '@nestjs/common';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { accessRuleOf } from '../access/access-rule.js';
import { apiPage } from './api-page.js';
import { features, openApiDocument } from './openapi-document.js';

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const source = join(__dirname, '..');

/** Everything that Nest could make routes of, wherever it lies. */
function controllers(): object[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.controller.ts'),
  );
  return files
    .flatMap(file => Object.values(jest.requireActual<Record<string, object>>(join(source, file))))
    .filter(exported => typeof exported === 'function' && Reflect.hasMetadata('path', exported));
}

/** What Nest would route, from the decorators, and who may call it. */
function routesOf(controller: object): [route: string, caller: string | undefined][] {
  const bases = [Reflect.getMetadata('path', controller) as string | string[]].flat();
  const { prototype } = controller as { prototype: Record<string, object> };
  return Object.getOwnPropertyNames(prototype).flatMap(name => {
    const handler = name === 'constructor' ? undefined : prototype[name];
    const path = handler === undefined ? undefined : (Reflect.getMetadata('path', handler) as string | undefined);
    if (handler === undefined || path === undefined) return [];
    const method = RequestMethod[Reflect.getMetadata('method', handler) as number];
    const rule = accessRuleOf(Reflect.getMetadata('__fastify_route_config__', handler) as object | undefined);
    return bases.map((base): [string, string | undefined] => [
      `${method} /${base}${path === '/' ? '' : `/${path}`}`.replace(/\/{2,}/g, '/'),
      rule,
    ]);
  });
}

describe(openApiDocument.name, () => {
  const document = openApiDocument() as unknown as Described;
  const routes = new Map(controllers().flatMap(routesOf));
  const described = features.flatMap(({ operations }) => Object.keys(operations));

  it('describes every route, and no other', () => {
    expect(described.length).toBeGreaterThan(70);
    expect([...described].sort()).toEqual([...routes.keys()].sort());
  });

  it('has patterns that engines without classes of Unicode read', () => {
    const patterns = [...JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)];
    const texts = patterns.map(([, text]) => JSON.parse(text!) as string);
    expect(texts.length).toBeGreaterThan(10);
    for (const text of texts) {
      expect(text).not.toContain('\\p{');
      expect(() => new RegExp(text, 'u')).not.toThrow();
    }
  });

  it('says of each who may call it, as its access rule does', () => {
    for (const { operations } of features) {
      for (const [route, { caller }] of Object.entries(operations))
        expect([route, routes.get(route)]).toEqual([route, caller]);
    }
  });

  it('has one operation for each', () => {
    const operations = Object.values(document.paths).flatMap(path => Object.values(path));
    expect(operations).toHaveLength(described.length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(described.length);
  });

  it('names only schemas that it has, and every one of them', () => {
    const { schemas } = document.components;
    const names = new Set(
      [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name),
    );
    expect([...names].sort()).toEqual(Object.keys(schemas).sort());
    expect(JSON.stringify(document)).not.toContain('$defs');
  });

  it('docs/api.md lists every operation; run `npm run docs` when this fails', () => {
    const page = readFileSync(join(source, '../../../docs/api.md'), 'utf8');
    expect(page).toBe(apiPage(openApiDocument()));
  });

  it('has schemas that say of each object which fields it has', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'api');
    const certificates = ajv.compile({ $ref: 'api#/components/schemas/Keys' });
    const key = { alias: 'a', keyIdentifier: '00', size: 2048 };
    expect(certificates({ keys: [key] })).toBe(true);
    expect(certificates({ keys: [{ ...key, secret: '' }] })).toBe(false);
    expect(certificates({ keys: [{ alias: 'a' }] })).toBe(false);
  });
});
