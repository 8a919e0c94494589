import { Body, Query, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { parseInput, parseQuery } from '#platform';

/** Gives handlers what a request brings as its schema has it. @throws RcsError naming the field that is wrong. */
export class SchemaPipe<T extends z.ZodType> implements PipeTransform<unknown, z.output<T>> {
  constructor(
    private readonly schema: T,
    private readonly parse = parseInput,
  ) {}

  transform(input: unknown): z.output<T> {
    return this.parse(this.schema, input);
  }
}

/** The body, checked by the schema. */
export const ValidBody = (schema: z.ZodType): ParameterDecorator => Body(new SchemaPipe(schema));
/** The query, checked by the schema. */
export const ValidQuery = (schema: z.ZodType): ParameterDecorator => Query(new SchemaPipe(schema, parseQuery));
