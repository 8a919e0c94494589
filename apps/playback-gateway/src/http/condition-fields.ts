import type { FastifyRequest } from 'fastify';

/** Ranges and preconditions (RFC 9110 sections 13.1 and 14) that playback serves, and pages of other origins may send. */
export const conditionFields = {
  range: 'Range',
  ifRange: 'If-Range',
  ifMatch: 'If-Match',
  ifNoneMatch: 'If-None-Match',
  ifModifiedSince: 'If-Modified-Since',
  ifUnmodifiedSince: 'If-Unmodified-Since',
} as const;

export type Conditions = { readonly [Name in keyof typeof conditionFields]: string | undefined };

/** Of whoever wants the whole, or something about it: their request's own fields are not about the media. */
export const noConditions: Conditions = {
  range: undefined,
  ifRange: undefined,
  ifMatch: undefined,
  ifNoneMatch: undefined,
  ifModifiedSince: undefined,
  ifUnmodifiedSince: undefined,
};

export function conditionsOf({ headers }: Pick<FastifyRequest, 'headers'>): Conditions {
  const named = Object.entries(conditionFields).map(([name, field]) => [name, headers[field.toLowerCase()]]);
  return Object.fromEntries(named) as Conditions;
}
