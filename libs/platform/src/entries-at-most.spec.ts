import { LRUCache } from 'lru-cache';
import { entriesAtMost } from './entries-at-most.js';

it('keeps as many entries as are allowed, the last used ones', () => {
  const cache = new LRUCache<number, string>(entriesAtMost(3));
  for (const key of [1, 2, 3]) cache.set(key, 'x');
  cache.get(1);
  cache.set(4, 'x');
  expect([...cache.keys()]).toEqual([4, 1, 3]);
});
