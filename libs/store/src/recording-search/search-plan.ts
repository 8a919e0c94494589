import { PhoneNumberPattern } from './phone-number-pattern.js';
import type { RecordingSearch } from './recording-search-store.js';

/** The index that leads to what is asked for with the fewest rows beside it. */
export type SearchPlan =
  | { readonly by: 'caller' | 'dialed'; readonly number: string }
  | { readonly by: 'caller' | 'dialed'; readonly prefix: string }
  | { readonly by: 'owners'; readonly owners: readonly string[] }
  | { readonly by: 'time' };

/** Patterns of phone numbers in the form that rows are held against. */
export interface NumberPatterns {
  readonly caller?: PhoneNumberPattern;
  readonly dialed?: PhoneNumberPattern;
}

/** The rows of a prefix are sorted for each page: so many at most. */
export const sortedRows = 2000;

export function numberPatterns({ callerPhoneNumber, dialedPhoneNumber }: RecordingSearch): NumberPatterns {
  return {
    ...(callerPhoneNumber === undefined ? {} : { caller: new PhoneNumberPattern(callerPhoneNumber) }),
    ...(dialedPhoneNumber === undefined ? {} : { dialed: new PhoneNumberPattern(dialedPhoneNumber) }),
  };
}

/**
 * Numbers come first, since few recordings have one number; then owners; then everything by time.
 * @param isRare whether no more than `sortedRows` recordings have a number that begins so
 */
export async function searchPlan(
  search: RecordingSearch,
  patterns: NumberPatterns,
  isRare: (by: 'caller' | 'dialed', prefix: string) => Promise<boolean>,
): Promise<SearchPlan> {
  const numbers = (['caller', 'dialed'] as const).flatMap(by => {
    const pattern = patterns[by];
    return pattern === undefined ? [] : [{ by, pattern }];
  });
  for (const { by, pattern } of numbers) if (pattern.exact !== undefined) return { by, number: pattern.exact };
  for (const { by, pattern } of numbers) {
    if (pattern.prefix !== '' && (await isRare(by, pattern.prefix))) return { by, prefix: pattern.prefix };
  }
  return search.owners === undefined ? { by: 'time' } : { by: 'owners', owners: search.owners };
}
