import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'major' | 'minor'; readonly flavor?: 'regular' | 'last-resort' }) => void;

let collector: Collect | undefined;

/** V8's own, which there is only where a flag asks for it: also where a program is on its way already. */
function collect(options: Parameters<Collect>[0]): void {
  if (collector === undefined) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as Collect;
    setFlagsFromString('--no-expose-gc');
  }
  collector(options);
}

/** More than both halves of the young generation, whose free one V8 leaves as it was. */
const youngBytes = 12 * 1024 * 1024;
const youngPiece = 1024;

/** Sizes of native memory, the largest first, so that what is left of larger pieces is filled with smaller ones. */
const nativeSizes = [96, 64, 32, 16, 12, 8, 6, 4, 3, 2, 1.5, 1].map(kib => kib * 1024);
const smallNativeSizes = [768, 512, 384, 256, 192, 128, 96, 64, 48, 32];
/** Native memory that is filled at once, of one size. */
const nativeStep = 512 * 1024;
const smallNativeStep = 128 * 1024;
/** The allocator keeps so many pieces, and one more is asked for, of each size up to the largest of these for the next who wants that size. */
const keptOfOneSize = 8;
const sizesKept = Array.from({ length: 64 }, (_, index) => 24 + 16 * index);
/** Of one size at most. */
const mostOfOneSize = 32 * 1024 * 1024;

/**
 * Overwrites what this process has freed and not given back to the system: its collector and its allocator leave the bytes
 * where they were until somebody else writes there. What lives is left alone. Takes a third of a
 * second in a worker and up to a second in a gateway, on two cores that are busy, during which nothing else runs. It reaches all of it only in a process that began with `#media-heap`.
 * @param budgetMs when native memory is filled no further: a machine that has no time for it needs it for others
 * @returns whether all of it was overwritten
 */
export function overwriteFreedMemory(budgetMs = 1000): boolean {
  const end = performance.now() + budgetMs;
  setFlagsFromString('--zero-unused-memory');
  try {
    collect({ type: 'major', flavor: 'last-resort' });
    fillYoungGeneration();
    collect({ type: 'major', flavor: 'last-resort' });
    return fillNativeMemory(end);
  } finally {
    setFlagsFromString('--no-zero-unused-memory');
  }
}

function fillYoungGeneration(): void {
  let last: readonly number[] = [];
  for (let filled = 0; filled < youngBytes; filled += youngPiece) last = new Array<number>(youngPiece / 8).fill(0);
  if (last.length === 0) throw new Error('nothing was filled');
}

/** Takes memory of each size until the process grows by it: then nothing that was free has this size any more. */
function fillNativeMemory(end: number): boolean {
  const taken: Buffer[] = [];
  const fill = (size: number, step: number): void => {
    for (let filled = 0; filled < mostOfOneSize && performance.now() < end; filled += step) {
      const before = process.memoryUsage.rss();
      for (let bytes = 0; bytes < step; bytes += size) taken.push(Buffer.allocUnsafeSlow(size).fill(0));
      if (process.memoryUsage.rss() - before > step / 2) break;
    }
  };
  for (const size of sizesKept)
    for (let count = 0; count < keptOfOneSize; count++) taken.push(Buffer.allocUnsafeSlow(size).fill(0));
  for (const size of nativeSizes) fill(size, nativeStep);
  for (const size of smallNativeSizes) fill(size, smallNativeStep);
  const isAll = performance.now() < end;
  taken.length = 0;
  collect({ type: 'major' });
  return isAll;
}
