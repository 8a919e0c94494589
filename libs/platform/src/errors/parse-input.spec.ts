import { z } from 'zod';
import { parseInput, parseQuery } from './parse-input.js';

const schema = z.strictObject({
  name: z.string().max(5),
  size: z.enum(['small', 'large']).default('small'),
  parts: z.array(z.strictObject({ id: z.union([z.string(), z.int()]) })).optional(),
  key: z.string().optional(),
});
const withRule = schema.refine(({ key }) => key !== undefined, { path: ['key'], message: 'send a key' });

describe(parseInput.name, () => {
  it('gives what the schema makes of it', () => {
    expect(parseInput(schema, { name: 'a' })).toEqual({ name: 'a', size: 'small' });
  });

  it.each<readonly [string, z.ZodType, unknown, string]>([
    ['nothing was sent', schema, undefined, 'name'],
    ['null was sent', schema, null, 'name'],
    ['a field is missing', schema, {}, 'name'],
    ['a field is there and undefined', schema, { name: undefined }, 'name'],
    ['another was sent instead', schema, { nmae: 'a', sise: 'small' }, 'name; not known: nmae, sise'],
    ['one of several forms is missing', schema, { name: 'a', parts: [{ id: 'b' }, {}] }, 'parts.1.id'],
    ['one of several words is missing', z.object({ size: z.enum(['small', 'large']) }), {}, 'size'],
  ])('names the field that is missing when %s', (_, rules, input, field) => {
    expect(() => parseInput(rules, input)).toThrow(
      expect.objectContaining({ code: 'RCS_MISSING_PARAMETER', publicDetail: field }) as Error,
    );
  });

  it.each<readonly [string, z.ZodType, unknown, RegExp]>([
    ['null', schema, { name: null }, /^name: /],
    ['a value of another type', schema, { name: 1 }, /^name: /],
    ['a value too long', schema, { name: 'abcdef' }, /^name: /],
    ['a word that is none', schema, { name: 'a', size: 'huge' }, /^size: /],
    ['a field that nobody knows', schema, { name: 'a', other: 1 }, /^the body: .*other/],
    ['no object', schema, 'text', /^the body: /],
    ['what our own rule refuses', withRule, { name: 'a' }, /^key: send a key$/],
  ])('refuses %s', (_, rules, input, detail) => {
    expect(() => parseInput(rules, input)).toThrow(
      expect.objectContaining({
        code: 'RCS_INVALID_VALUE',
        publicDetail: expect.stringMatching(detail) as string,
      }) as Error,
    );
  });

  it('says of a query that it is one', () => {
    const unknown = { code: 'RCS_INVALID_VALUE', publicDetail: 'the query: Unrecognized key: "nmae"' };
    expect(() => parseQuery(z.strictObject({ name: z.string().optional() }), { nmae: 'a' })).toThrow(
      expect.objectContaining(unknown) as Error,
    );
  });

  it('explains a wrong value in the words of the route, where it has some', () => {
    expect(() => parseInput(schema, { name: 1 }, 'a name has five letters')).toThrow(
      expect.objectContaining({ code: 'RCS_INVALID_VALUE', publicDetail: 'a name has five letters' }) as Error,
    );
  });
});
