import { setFlagsFromString } from 'node:v8';
import { growWhenBusy } from './young-generation.js';

/** How far the live heap may grow until V8 collects all of it, in per cent. */
const growthPercent = 300;

/**
 * Sets the heap of a process through which media flow, when it is imported: before everything else, because V8 reads these
 * flags while it grows.
 *
 * V8 counts the buffers of media against the limit of the old generation, which after a minute of idleness is the live heap and
 * a few megabytes: from then on every 20 MB of media would start a collection of the whole heap that finds nothing to free.
 *
 * A young generation that grows as it likes (to 32 MB on Node 24) frees the buffers of media that nobody gives back so late
 * that the kernel has to give fresh pages for new ones all the time. So it grows once, and a little.
 */
setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
setFlagsFromString('--semi-space-growth-factor=1');
growWhenBusy();

/**
 * What these services drop of erased recordings is overwritten when it is freed (`overwriteFreedMemory`): small buffers share no
 * memory with others, which may live longer, and all of them are freed when a collection ends, not later by another thread.
 */
Buffer.poolSize = 0;
setFlagsFromString('--no-concurrent-array-buffer-sweeping');
