import 'reflect-metadata';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RequestMethod } from '@nestjs/common';
import { RcsError } from '#platform';
import { SchemaPipe } from './http/valid-input.js';

/** What Nest keeps of the parameters of a handler: `3:1` is the body (3) as the second parameter (1). */
const parametersOfHandler = '__routeArguments__';
const bodyParameter = /^3:/;

/** Routes that judge something else before they look at the body; they check it by the same function, or have no schema. */
const withoutPipe = [
  'POST api/v2/sessions',
  'PUT rcs/users/:userName/password',
  'POST api/contact-centers/:contactCenter/recordings',
  'POST internal-api/contact-centers/:contactCenter/recordings',
  'POST key-management/v1/decrypt',
];

interface Parameter {
  readonly pipes: readonly unknown[];
}

/** Every route that takes a body, with what checks it. */
function routesWithBodies(): { route: string; pipes: readonly unknown[] }[] {
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.controller.ts'),
  );
  const controllers = files
    .flatMap(file => Object.values(jest.requireActual<Record<string, object>>(join(__dirname, file))))
    .filter(exported => typeof exported === 'function' && Reflect.hasMetadata('path', exported));
  return controllers.flatMap(controller => {
    const bases = [Reflect.getMetadata('path', controller) as string | string[]].flat();
    const { prototype } = controller as { prototype: Record<string, object> };
    return Object.getOwnPropertyNames(prototype).flatMap(name => {
      const parameters = Reflect.getMetadata(parametersOfHandler, controller, name) as
        Readonly<Record<string, Parameter>> | undefined;
      const body = Object.entries(parameters ?? {}).find(([key]) => bodyParameter.test(key));
      if (body === undefined) return [];
      const handler = prototype[name]!;
      const path = Reflect.getMetadata('path', handler) as string;
      const method = RequestMethod[Reflect.getMetadata('method', handler) as number]!;
      const rest = path === '/' ? '' : `/${path}`;
      return bases.map(base => ({ route: `${method} ${base}${rest}`, pipes: body[1].pipes }));
    });
  });
}

const routes = routesWithBodies();
const checked = routes.flatMap(({ route, pipes }) => pipes.map(pipe => [route, pipe as SchemaPipe<never>] as const));

function refusalOf(work: () => unknown): Pick<RcsError, 'code' | 'publicDetail'> | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof RcsError) return { code: error.code, publicDetail: error.publicDetail };
    throw error;
  }
}

describe('routes with bodies', () => {
  it('have them checked by a schema beside the parameter', () => {
    expect(routes.length).toBeGreaterThan(20);
    for (const [, pipe] of checked) expect(pipe).toBeInstanceOf(SchemaPipe);
    const unchecked = routes.filter(({ pipes }) => pipes.length === 0).map(({ route }) => route);
    expect(unchecked.sort()).toEqual([...withoutPipe].sort());
  });

  it.each(checked)('%s answers a text that is no object like all others', (_, pipe) => {
    expect(refusalOf(() => pipe.transform('text'))).toMatchObject({
      code: 'RCS_INVALID_VALUE',
      publicDetail: expect.stringMatching(/^the body: /) as string,
    });
  });

  it.each(checked)('%s answers no body like an object without fields, and names what is missing', (_, pipe) => {
    const empty = refusalOf(() => pipe.transform({}));
    expect(refusalOf(() => pipe.transform(undefined))).toEqual(empty);
    expect(refusalOf(() => pipe.transform(null))).toEqual(empty);
    if (empty?.code === 'RCS_MISSING_PARAMETER') expect(empty.publicDetail).toMatch(/^\w+$/);
    else expect(empty?.publicDetail ?? 'certificate: send').toMatch(/^certificate: send/);
  });
});
