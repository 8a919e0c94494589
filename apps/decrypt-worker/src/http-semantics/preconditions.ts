import { parseHttpDate } from './http-date.js';
import type { Representation } from './representation.js';

/** The conditional request header fields of RFC 9110, 13.1, as they came. */
export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: string | undefined;
  readonly ifUnmodifiedSince?: string | undefined;
  readonly ifRange?: string | undefined;
}

export type PreconditionResult = 'proceed' | 'not-modified' | 'failed';

/** Evaluates the conditions of a GET or HEAD in the order of RFC 9110, 13.2.2. */
export function evaluatePreconditions(conditions: Conditions, representation: Representation): PreconditionResult {
  if (conditions.ifMatch !== undefined) {
    if (!matchesAny(conditions.ifMatch, representation.entityTag, 'strong')) return 'failed';
  } else if (modifiedAfter(representation, conditions.ifUnmodifiedSince) === true) {
    return 'failed';
  }
  if (conditions.ifNoneMatch !== undefined) {
    return matchesAny(conditions.ifNoneMatch, representation.entityTag, 'weak') ? 'not-modified' : 'proceed';
  }
  return modifiedAfter(representation, conditions.ifModifiedSince) === false ? 'not-modified' : 'proceed';
}

/** Whether Range counts: If-Range absent, or exactly this representation (RFC 9110, 13.1.5; dates compare exactly). */
export function rangeApplies(ifRange: string | undefined, representation: Representation): boolean {
  if (ifRange === undefined) return true;
  const value = ifRange.trim();
  if (value.startsWith('"')) return value === representation.entityTag;
  if (value.startsWith('W/')) return false;
  const date = parseHttpDate(value);
  return (
    date !== undefined &&
    representation.lastModified !== undefined &&
    date === wholeSeconds(representation.lastModified)
  );
}

function matchesAny(header: string, entityTag: string, comparison: 'strong' | 'weak'): boolean {
  if (header.trim() === '*') return true;
  const tags = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some(tag => (comparison === 'weak' ? tag.replace(/^W\//, '') : tag) === entityTag);
}

/** undefined when the comparison is impossible and the condition must be ignored. */
function modifiedAfter(representation: Representation, date: string | undefined): boolean | undefined {
  const limit = date === undefined ? undefined : parseHttpDate(date);
  if (limit === undefined || representation.lastModified === undefined) return undefined;
  return wholeSeconds(representation.lastModified) > limit;
}

const wholeSeconds = (date: Date): number => Math.floor(date.getTime() / 1000);
