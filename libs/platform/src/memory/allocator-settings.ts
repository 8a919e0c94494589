/**
 * What glibc's allocator is told in the environment of a service (mallopt(3), `ld.so --list-tunables`), as the start script of
 * the image does (deploy/entrypoint.sh). Left alone it makes an arena for each thread, up to eight for each core, and gives
 * little back: once a large block was freed (the text of a program, while it was read) blocks of up to its size come from the
 * heap, and the heap keeps twice as much at its end.
 */
export const allocatorSettings = {
  MALLOC_ARENA_MAX: '2',
  /** Larger than any block of media that comes and goes. */
  MALLOC_MMAP_THRESHOLD_: String(1024 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(256 * 1024),
  /**
   * Memory is overwritten when it is freed, and again when somebody gets it (`isOverwrittenWhenFreed`). The caches that each
   * thread has of small pieces would hand them on as they are.
   */
  GLIBC_TUNABLES: 'glibc.malloc.perturb=165:glibc.malloc.tcache_count=0',
} as const;
