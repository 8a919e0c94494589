/** V8 has arrays of up to 64 bytes in its own heap. Of the others the allocator takes small ones from lists of their own. */
const smallest = 96;
const sizes = [...Array.from({ length: 40 }, (_, index) => smallest + 24 * index), 2048, 16_384, 131_072];

/**
 * Whether the allocator of this process overwrites memory when it is freed. glibc's does so where its tunable `glibc.malloc.perturb`
 * says so, and then fills new memory as well, with the complement of the same byte: that is what is looked at, in several sizes.
 */
export function isOverwrittenWhenFreed(): boolean {
  const [expected] = Buffer.allocUnsafeSlow(smallest);
  if (expected === undefined || expected === 0) return false;
  return sizes.every(size => Buffer.allocUnsafeSlow(size).every(byte => byte === expected));
}
