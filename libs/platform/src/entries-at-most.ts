/** Bounds of an `LRUCache`, as it takes them. */
export interface EntriesAtMost {
  readonly maxSize: number;
  readonly sizeCalculation: () => number;
}

/**
 * How many entries an `LRUCache` holds at most, without memory for all of them from the beginning, which its `max` takes (28
 * bytes for each, and it is there before the first entry is).
 */
export const entriesAtMost = (count: number): EntriesAtMost => ({ maxSize: count, sizeCalculation: () => 1 });
