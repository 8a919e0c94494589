import type { z } from 'zod';
import type { ErrorCode } from '#platform';
import type { Caller } from './caller.js';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** A route as the router has it: `GET /rcs/certificates/:alias`. */
export type RouteKey = `${Method} /${string}`;

/** What an answer holds, by its media type: JSON of a named schema, text, or bytes. */
export type Content = Readonly<Record<string, z.ZodType | 'text' | 'bytes'>>;

export interface Answer {
  readonly description: string;
  /** Absent for an answer without a body. */
  readonly content?: Content;
  /** Header fields that belong to this answer, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation of the HTTP API, as the document describes it. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly caller: Caller;
  readonly query?: z.ZodType;
  /** Header fields of the request that change the answer, with what they do. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The schema that the request is checked with. */
  readonly body?: z.ZodType;
  /** Whether the body may be a form as well. */
  readonly form?: boolean;
  /** By status. What can go wrong is in `problems`, not here. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes of this operation, beside those of every operation and of its callers. */
  readonly problems?: readonly ErrorCode[];
}

/** The operations of one feature; the document shows them under its name. */
export interface FeatureOperations {
  readonly feature: string;
  readonly operations: Readonly<Record<RouteKey, Operation>>;
}

/** An answer of JSON. */
export const json = (schema: z.ZodType, description = 'Done.', headers?: Answer['headers']): Answer => ({
  description,
  content: { 'application/json': schema },
  ...(headers === undefined ? {} : { headers }),
});

/** An answer without a body. */
export const nothing = (description = 'Done.'): Answer => ({ description });

/** An answer of text of another media type. */
export const text = (type: string, description: string): Answer => ({ description, content: { [type]: 'text' } });

/** An answer of server-sent events: OpenAPI 3.1 has no schema for each event of a stream. */
export const events = (description: string): Answer => ({ description, content: { 'text/event-stream': 'bytes' } });
