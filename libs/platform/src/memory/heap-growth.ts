import { setFlagsFromString } from 'node:v8';

/** How far the live heap may grow until V8 collects all of it, in per cent. */
const growthPercent = 300;

/**
 * For services through which media flow. V8 counts their buffers against the limit of the old generation, which after a minute
 * of idleness is the live heap and a few megabytes: from then on every 20 MB of media would start a collection of the whole
 * heap that finds nothing to free. The limit is read at each collection, so this works in a process that runs.
 */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
}
